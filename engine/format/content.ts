// Bytes and values by content type: JSON is decoded, text becomes a string, everything else stays bytes.
import { decodeUtf8 } from './decode-text.ts';
import { formatJson, parseJson } from './json.ts';

type Kind = 'json' | 'text' | 'bytes';

const kinds = new Map<string, Kind>();

/**
 * JSON for `application/json` and `+json`, a string for text, XML, CSV, NDJSON and forms, else the bytes.
 * Throws FormatError VRS8201 (not JSON) or VRS8202 (not UTF-8).
 */
export function decodeContent(bytes: Uint8Array, contentType: string): unknown {
  switch (kindOf(contentType)) {
    case 'json':
      return parseJson(decodeUtf8(bytes));
    case 'text':
      return decodeUtf8(bytes);
    case 'bytes':
      return bytes;
  }
}

/** The reverse: strings and bytes are written as they are unless the type is JSON. Throws FormatError VRS8203 for what JSON cannot hold. */
export function encodeContent(value: unknown, contentType: string): Uint8Array {
  if (kindOf(contentType) !== 'json') {
    if (value instanceof Uint8Array) return value;
    if (typeof value === 'string') return Buffer.from(value);
  }
  return Buffer.from(formatJson(value));
}

/** Whether the type says that the content is JSON. */
export function isJsonType(contentType: string): boolean {
  return kindOf(contentType) === 'json';
}

function kindOf(contentType: string): Kind {
  if (contentType === 'application/json') return 'json';
  const known = kinds.get(contentType);
  if (known !== undefined) return known;
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  const kind = classify(type);
  // Content types come from outside: remember only as many, and as long ones, as honest systems use.
  if (kinds.size < 1000 && contentType.length < 200) kinds.set(contentType, kind);
  return kind;
}

function classify(type: string): Kind {
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return 'json';
  const isText =
    type.startsWith('text/') ||
    type.endsWith('/xml') ||
    type.endsWith('+xml') ||
    /^application\/(?:x-ndjson|ndjson|jsonl|x-www-form-urlencoded|csv|yaml)$/.test(type);
  return isText ? 'text' : 'bytes';
}
