// The shape of everything a person can write wrong: data with a place, never an exception.

/** 1-based line and column (columns count UTF-16 units), and the 0-based offset in the text. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Half-open: `end` is the position after the last character. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning' | 'info';

/** Another place that explains the diagnostic, e.g. the first of two equal names. */
export interface Related {
  readonly file: string;
  readonly range: Range;
  readonly message: string;
}

/** A replacement that mends the mistake. */
export interface Fix {
  readonly title: string;
  readonly range: Range;
  readonly text: string;
}

/** One mistake: what it is, where, and what to write instead. Collected, sorted, all shown, never thrown. */
export interface Diagnostic {
  /** A registered `VRSnnnn` code with a page in docs/errors. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** As the user named it (relative path, or `<stdin>`). */
  readonly file: string;
  readonly range: Range;
  readonly help?: string;
  readonly related?: readonly Related[];
  readonly fix?: Fix;
}

/** What every compiler pass returns: `value` is absent when an error makes going on senseless. */
export interface Result<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}
