// XML bytes to text: byte order marks, the declared encoding, UTF-8 otherwise.
import { FormatError } from '../format-error.ts';

const declaredEncoding = /^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Throws FormatError VRS8202 for an unknown encoding or bytes that are not of it. */
export function decodeXml(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return (encoding === 'utf-8' ? utf8 : new TextDecoder(encoding, { fatal: true })).decode(bytes);
  } catch (cause) {
    throw new FormatError('VRS8202', `the content is not ${encoding}`, { cause });
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.byteLength)).toString(
    'latin1',
  );
  const declared =
    declaredEncoding.exec(head.replace(/^\u00ef\u00bb\u00bf/, ''))?.[1]?.toLowerCase() ?? 'utf-8';
  // A declaration that can be read byte by byte cannot be UTF-16, whatever it says.
  return declared.startsWith('utf-16') || declared === 'utf8' ? 'utf-8' : declared;
}
