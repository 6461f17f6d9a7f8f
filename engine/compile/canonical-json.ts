// Canonical JSON and the digests made of it: the same content gives the same bytes, whatever the key order.
import { createHash } from 'node:crypto';

/** JSON with object keys sorted by code unit and absent (`undefined`) members left out. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => (isRecord(member) ? sortKeys(member) : member)) ?? 'null'
  );
}

/** The first 16 hex characters of the SHA-256 over the canonical JSON. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries);
}
