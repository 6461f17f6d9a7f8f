// Bytes to text in the encodings that content comes in.
import { FormatError } from './format-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 without its byte order mark. Throws FormatError VRS8202 when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new FormatError('VRS8202', 'The content is not UTF-8; name its encoding, or convert it', { cause });
  }
}

/** Which encoding a byte order mark names; undefined without one. */
export function markedEncoding(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

/**
 * Decodes by a name of the WHATWG Encoding Standard (`utf-8`, `utf-16le`, `windows-1252` …). `iso-8859-1` means what XML
 * and CSV writers mean by it. Throws FormatError VRS8202 for bytes that do not fit and for names nobody knows.
 */
export function decodeText(bytes: Uint8Array, encoding: string): string {
  const name = encoding.toLowerCase();
  if (name === 'utf-8' || name === 'utf8') return decodeUtf8(bytes);
  if (name === 'iso-8859-1' || name === 'latin1' || name === 'us-ascii' || name === 'ascii') {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('VRS8202', `The content cannot be read as ${JSON.stringify(encoding)}`, { cause });
  }
}
