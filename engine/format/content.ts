// Bytes and values by content type: JSON is decoded, text becomes a string, everything else stays bytes.
import { FormatError } from './format-error.ts';

type Kind = 'json' | 'text' | 'bytes';

const kinds = new Map<string, Kind>();
const textDecoder = new TextDecoder('utf-8', { fatal: true });
const utf8 = new TextEncoder();

/** JSON for `application/json` and `+json`, a string for text, XML, CSV and forms, else the bytes. Throws FormatError VRS8201 or VRS8202. */
export function decodeContent(bytes: Uint8Array, contentType: string): unknown {
  switch (kindOf(contentType)) {
    case 'json':
      return parseJson(decodeText(bytes));
    case 'text':
      return decodeText(bytes);
    case 'bytes':
      return bytes;
  }
}

/** The reverse: strings and bytes are written as they are unless the type is JSON. Throws FormatError VRS8203 for what JSON cannot hold. */
export function encodeContent(value: unknown, contentType: string): Uint8Array {
  if (kindOf(contentType) !== 'json') {
    if (value instanceof Uint8Array) return value;
    if (typeof value === 'string') return utf8.encode(value);
  }
  const text = JSON.stringify(value);
  if (text === undefined) throw new FormatError('VRS8203', `${typeof value} cannot be written as JSON`);
  return Buffer.from(text);
}

function kindOf(contentType: string): Kind {
  const known = kinds.get(contentType);
  if (known !== undefined) return known;
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const kind = classify(type);
  // Content types come from outside: remember only as many as honest systems use.
  if (kinds.size < 1000) kinds.set(contentType, kind);
  return kind;
}

function classify(type: string): Kind {
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  const isText = type.startsWith('text/') || type.endsWith('/xml') || type.endsWith('+xml') || /^application\/(?:x-ndjson|x-www-form-urlencoded|csv|yaml)$/.test(type);
  return isText ? 'text' : 'bytes';
}

function decodeText(bytes: Uint8Array): string {
  try {
    return textDecoder.decode(bytes);
  } catch (cause) {
    throw new FormatError('VRS8202', 'the content is not UTF-8', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError('VRS8201', `the content is not JSON: ${(cause as Error).message}`, { cause });
  }
}
