// Links to payloads that the engine itself serves: what they say, signed, so that nobody can make one say anything else.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PayloadReference } from '../reference.ts';

export interface PayloadLink {
  readonly reference: PayloadReference;
  /** Who holds the object for this link: released when it was used. */
  readonly holder: string;
  /** Milliseconds since the epoch from which on the link works no more. */
  readonly until: number;
}

/** Part of what is signed: a signature made for anything else is none for a link. */
const purpose = 'vrsky-payload-link-1';
const form = /^([\w-]{1,4000})\.([\w-]{43})$/;

/** URL-safe text. */
export function signLink(link: PayloadLink, secret: Uint8Array): string {
  const body = Buffer.from(JSON.stringify(link)).toString('base64url');
  return `${body}.${signature(body, secret).toString('base64url')}`;
}

/** Undefined for everything that was not signed with this secret. */
export function readLink(token: string, secret: Uint8Array): PayloadLink | undefined {
  const [, body, mac] = form.exec(token) ?? [];
  if (body === undefined || mac === undefined) return undefined;
  const given = Buffer.from(mac, 'base64url');
  const right = signature(body, secret);
  if (given.byteLength !== right.byteLength || !timingSafeEqual(given, right)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as PayloadLink;
}

function signature(body: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${purpose}.${body}`).digest();
}
