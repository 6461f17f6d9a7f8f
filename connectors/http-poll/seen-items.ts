// Remembers which items were seen with which content, as short hashes in one text that fits a cursor.
import { hash } from 'node:crypto';
import { PermanentError } from '../../engine/connector/index.ts';

/** Base64url characters kept of a SHA-256: 66 bits, of which forty thousand collide with a chance of one in ten billion. */
const hashLength = 11;
const entryLength = 2 * hashLength;
/** The cursor stays under the megabyte that a message may have. */
export const maxItems = 40_000;

/** Content that was seen, by identity. Both as made by {@link shortHash}. */
export type SeenItems = ReadonlyMap<string, string>;

export function shortHash(content: string | Uint8Array): string {
  return hash('sha256', content, 'base64url').slice(0, hashLength);
}

/** The same for equal values, in whatever order a server writes their fields. */
export function canonicalText(value: unknown): string {
  const text = JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return text ?? 'undefined';
}

export function encodeSeen(seen: SeenItems): string {
  if (seen.size > maxItems) {
    throw new PermanentError(`more than ${maxItems} items: ask for fewer, or choose fewer with \`items\``);
  }
  let text = '';
  for (const [identity, content] of seen) text += identity + content;
  return text;
}

/** Whatever is not a text of ours counts as nothing seen. */
export function decodeSeen(text: unknown): Map<string, string> {
  const seen = new Map<string, string>();
  if (typeof text !== 'string' || text.length % entryLength !== 0) return seen;
  for (let at = 0; at < text.length; at += entryLength) {
    seen.set(text.slice(at, at + hashLength), text.slice(at + hashLength, at + entryLength));
  }
  return seen;
}
