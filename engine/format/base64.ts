// Bytes as base64 text, strictly: what is not base64 is refused instead of skipped.
import { FormatError } from './format-error.ts';

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Base64 or base64url, with or without padding; white space is left out. Throws FormatError VRS8203. */
export function fromBase64(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text = typeof value === 'string' ? value.replace(/\s+/g, '') : undefined;
  const digits = text?.replace(/={1,2}$/, '');
  if (
    digits === undefined ||
    digits.length % 4 === 1 ||
    !/^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)$/.test(digits)
  ) {
    throw new FormatError(
      'VRS8203',
      'Binary content is written from base64 text; map the value to that text first',
    );
  }
  return Buffer.from(digits, 'base64');
}
