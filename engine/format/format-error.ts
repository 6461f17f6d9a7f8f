// The error of content that is not what its format demands, with the place.

export class FormatError extends Error {
  readonly code: string;
  /** 1-based, where the format has lines. */
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: string, message: string, place: { readonly line?: number; readonly column?: number; readonly cause?: unknown } = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = 'FormatError';
    this.code = code;
    this.line = place.line;
    this.column = place.column;
  }
}
