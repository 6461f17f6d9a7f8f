// The reference that stands for a payload in an object store while it is in transit: its format, version 1.
import { VrskyError } from '../diagnostics/vrsky-error.ts';

/**
 * What travels in place of the bytes. Written as a JSON object with these members and `"version": 1`. What marks a message as a reference
 * must be a header of the platform's own, which never comes from outside: content alone could be forged.
 */
export interface PayloadReference {
  /** The name of the store in the tenant. */
  readonly store: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Milliseconds since the epoch from which on the object may be swept away. */
  readonly expiresAt: number;
}

const version = 1;

export function encodeReference(reference: PayloadReference): Uint8Array {
  const { store, key, size, contentType, sha256, expiresAt } = reference;
  return Buffer.from(JSON.stringify({ version, store, key, size, contentType, sha256, expiresAt }));
}

/** Members it does not know are left out. Throws VRS8504 on another version and on what is no reference. */
export function decodeReference(bytes: Uint8Array): PayloadReference {
  const { version: written, ...fields } = parseObject(bytes);
  if (written !== version)
    throw unreadable(`version ${JSON.stringify(written)}, this engine reads ${version}`);
  const { store, key, size, contentType, sha256, expiresAt } = fields;
  if (typeof store !== 'string' || store === '') throw unreadable('it names no store');
  if (typeof key !== 'string' || key === '') throw unreadable('it names no key');
  if (!isCount(size)) throw unreadable('its size is not a number of bytes');
  if (typeof contentType !== 'string') throw unreadable('it has no content type');
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw unreadable('it has no SHA-256');
  if (!isCount(expiresAt)) throw unreadable('it has no expiry');
  return { store, key, size, contentType, sha256, expiresAt };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable('it is no object');
  return { ...value };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function unreadable(why: string, cause?: unknown): VrskyError {
  return new VrskyError('VRS8504', `a payload reference cannot be read: ${why}`, { cause });
}
