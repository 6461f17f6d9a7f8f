// XML bytes to text: byte order marks, the declared encoding, UTF-8 otherwise (XML 1.0, appendix F).
import { decodeText, markedEncoding } from '../decode-text.ts';

const declaredEncoding = /^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

/** Throws FormatError VRS8202 for an unknown encoding or bytes that are not of it. */
export function decodeXml(bytes: Uint8Array): string {
  return decodeText(bytes, markedEncoding(bytes) ?? unmarkedUtf16(bytes) ?? declared(bytes));
}

/** UTF-16 without its mark still begins with `<`. */
function unmarkedUtf16(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le';
  return bytes[0] === 0 && bytes[1] === 0x3c ? 'utf-16be' : undefined;
}

function declared(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.byteLength)).toString(
    'latin1',
  );
  const name = declaredEncoding.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  // A declaration that can be read byte by byte cannot be UTF-16, whatever it says.
  return name.startsWith('utf-16') ? 'utf-8' : name;
}
