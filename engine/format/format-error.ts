// The error of content that is not what its format demands, with the place.

export interface FormatPlace {
  /** 1-based, where the format has lines. */
  readonly line?: number | undefined;
  /** 1-based, in UTF-16 units. */
  readonly column?: number | undefined;
  readonly cause?: unknown;
}

/** Permanent: the same content fails again. The place stands in the message too. `code` is a registered `VRS82nn`. */
export class FormatError extends Error {
  readonly code: string;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: string, message: string, place: FormatPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'FormatError';
    this.code = code;
    this.line = place.line;
    this.column = place.column;
  }
}

/** An error at an offset of a text: says line, column and what stands there. */
export function errorAt(code: string, problem: string, text: string, offset: number): FormatError {
  const { line, column } = placeOf(text, offset);
  return new FormatError(code, `${problem} (line ${line}, column ${column}${excerpt(text, offset)})`, {
    line,
    column,
  });
}

/** Line and column, both 1-based; a line ends with CR LF, LF or CR. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = 0; at < offset; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 10 && !(unit === 13 && text.charCodeAt(at + 1) !== 10)) continue;
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

/** At most 30 characters of what stands there: payloads may be secret and long. */
function excerpt(text: string, offset: number): string {
  if (offset >= text.length) return ', the end of the content';
  const end = text.slice(offset, offset + 30).search(/[\r\n]/);
  const near = text.slice(offset, offset + (end > 0 ? end : 30));
  return `, at ${JSON.stringify(near.toWellFormed())}`;
}
