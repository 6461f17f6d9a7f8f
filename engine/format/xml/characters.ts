// Which characters XML 1.0 (fifth edition) allows: productions 2 (Char), 3 (S), 4 and 4a (names).

const nameStart =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}\\u{2070}-\\u{218f}\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}';
const exactName = new RegExp(
  `^[${nameStart}][-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}${nameStart}]*$`,
  'u',
);
const asciiName = /^[A-Za-z_:][-.\w:]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const loneSurrogate = /\p{Surrogate}/u;

export function isName(text: string): boolean {
  return asciiName.test(text) || exactName.test(text);
}

/** Where the first character stands that no XML document may hold, not even as a reference; -1 when there is none. */
export function findForbidden(text: string): number {
  const control = text.search(forbidden);
  return control >= 0 || text.isWellFormed() ? control : text.search(loneSurrogate);
}

export function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** White space alone, or nothing. XML's own white space: a no-break space is text. */
export function isBlank(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

const startsName = 1;
const ascii = new Uint8Array(128);
for (const unit of ':ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz') {
  ascii[unit.charCodeAt(0)] = startsName;
}
for (const unit of '-.0123456789') ascii[unit.charCodeAt(0)] = 2;

/** The end of the name that begins at `start`; -1 when none does, or when it is not all ASCII. */
export function asciiNameEnd(source: string, start: number): number {
  if (ascii[source.charCodeAt(start)] !== startsName) return -1;
  let at = start + 1;
  let unit = source.charCodeAt(at);
  while (unit < 128 && ascii[unit] !== 0) unit = source.charCodeAt(++at);
  return unit >= 128 ? -1 : at;
}

/** The end of what stands where a name should: beyond ASCII everything counts, so ask {@link isName} about the whole. */
export function nameEnd(source: string, start: number): number {
  let at = start;
  let unit = source.charCodeAt(at);
  while (unit >= 128 || (unit < 128 && ascii[unit] !== 0)) unit = source.charCodeAt(++at);
  return at;
}

export function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** The first offset from `at` on that is not white space. */
export function skipSpace(source: string, at: number): number {
  let next = at;
  while (isSpace(source.charCodeAt(next))) next++;
  return next;
}
