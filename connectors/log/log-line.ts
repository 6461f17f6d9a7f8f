// A message as one line of a log: short, and with nothing in it that a terminal would act upon.
import type { Message } from '../../engine/connector/index.ts';

/** Of a payload that is shown. */
const excerptBytes = 512;
const longestLine = 8192;

/** What is logged when there is no `message` template: the beginning of the payload. Throws when it cannot be encoded. */
export function describeMessage({ payload }: Message): string {
  const bytes = payload.bytes();
  const excerpt = bytes.subarray(0, excerptBytes);
  if (isBinary(excerpt)) return `${payload.contentType}, ${bytes.byteLength} bytes`;
  const text = oneLine(
    Buffer.from(excerpt)
      .toString('utf8')
      .replace(/\u{fffd}+$/u, ''),
  );
  return bytes.byteLength > excerptBytes ? `${text}… (${bytes.byteLength} bytes)` : text;
}

/** Line breaks and other control characters become escapes: a message cannot forge a line, or colour a terminal. */
export function oneLine(text: string): string {
  const line =
    text.length > longestLine ? `${text.slice(0, longestLine)}… (${text.length} characters)` : text;
  return line.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, escapeOf);
}

function escapeOf(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0);
}
