// Bytes of a file to text: refuses what is too large, not UTF-8, or holds characters that YAML forbids.
import { diagnose, FILE_START } from '../diagnostics/diagnose.ts';
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts';
import { TextPositions } from '../diagnostics/text-positions.ts';
import { formatSize } from '../units/size.ts';
import { SOURCE_LIMITS, type Source } from './source.ts';

// YAML 1.2.2, 5.1: what is not a c-printable.
const FORBIDDEN = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The text of a file, without its byte order mark. */
export function decodeSource(
  file: string,
  bytes: Uint8Array,
  maxBytes: number = SOURCE_LIMITS.maxBytes,
): Result<Source> {
  if (bytes.length > maxBytes) return { diagnostics: [tooLarge(file, bytes.length, maxBytes)] };
  const text = new TextDecoder('utf-8').decode(bytes);
  const replaced = firstInvalidByte(bytes, text);
  if (replaced !== undefined) return { diagnostics: [invalidUtf8(file, bytes, replaced)] };
  return checkCharacters(file, text);
}

/** Refuses control characters in a text that is already decoded. */
export function checkCharacters(file: string, text: string): Result<Source> {
  const match = FORBIDDEN.exec(text);
  if (match === null) return { value: { file, text }, diagnostics: [] };
  const code = `U+${(match[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`;
  const what = match[0] === '\0' ? 'a NUL character: this is not a text file' : `the character ${code}`;
  const range = new TextPositions(text).range(match.index, match.index + 1);
  const help = 'Remove it; inside double quotes it can be written as an escape such as "\\u0007".';
  return { diagnostics: [diagnose('VRS1004', file, range, `The file holds ${what}`, { help })] };
}

export function tooLarge(file: string, size: number, maxBytes: number): Diagnostic {
  const message = `The file has ${formatSize(size)}; a manifest may have ${formatSize(maxBytes)}`;
  const help = 'Split it into several files: a directory may hold any number of them.';
  return diagnose('VRS1005', file, FILE_START, message, { help });
}

/** The offset of the first byte that is not UTF-8, undefined when all are. */
function firstInvalidByte(bytes: Uint8Array, text: string): number | undefined {
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    const before = Buffer.byteLength(text.slice(0, at)) + (hasMark(bytes) ? 3 : 0);
    const real = bytes[before] === 0xef && bytes[before + 1] === 0xbf && bytes[before + 2] === 0xbd;
    if (!real) return before;
  }
  return undefined;
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function invalidUtf8(file: string, bytes: Uint8Array, at: number): Diagnostic {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, at));
  const range = new TextPositions(text).range(text.length, text.length);
  const byte = (bytes[at] as number).toString(16).padStart(2, '0').toUpperCase();
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const help = utf16 ? 'It looks like UTF-16: save it as UTF-8.' : 'Save it as UTF-8.';
  return diagnose('VRS1003', file, range, `Byte 0x${byte} at offset ${at} is not valid UTF-8`, { help });
}
