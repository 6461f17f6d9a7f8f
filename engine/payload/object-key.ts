// The keys of objects in payload stores: they carry the expiry, so that a listing is enough to find what has expired.
import { randomBytes } from 'node:crypto';

const form = /^[a-z0-9][a-z0-9-]*\/(\d{1,15})-[0-9a-f]{32}$/;

/** A key nobody has used: `<flow>/<expiry in ms>-<32 random hexadecimal digits>`. `flow` is a manifest's name. */
export function newObjectKey(flow: string, expiresAt: number): string {
  return `${flow}/${expiresAt}-${randomBytes(16).toString('hex')}`;
}

/** The expiry in milliseconds since the epoch; undefined for names that are not ours, which nobody may delete. */
export function expiryOf(key: string): number | undefined {
  const digits = form.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
