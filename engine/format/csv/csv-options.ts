// The dialect of CSV, as configured on convert and split steps.

export interface CsvOptions {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly escape?: string;
  /** true: the first record names the columns; false: records are arrays; a list: the names. */
  readonly header?: boolean | readonly string[];
  readonly newline?: '\n' | '\r\n';
  readonly trim?: boolean;
  readonly skipEmptyLines?: boolean;
  /** Records may have fewer or more fields than there are columns. */
  readonly relaxed?: boolean;
  /** Of the bytes that are read: utf-8, latin1, windows-1252 … */
  readonly encoding?: string;
  /** When writing: put an apostrophe before texts that a spreadsheet would run as a formula. */
  readonly guardFormulas?: boolean;
}
