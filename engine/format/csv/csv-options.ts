// The dialect of CSV, as configured on convert and split steps.

export type CsvType = 'number' | 'boolean';

export interface CsvOptions {
  readonly delimiter?: string;
  /** Empty: quotes mean nothing. */
  readonly quote?: string;
  /** The quote itself when absent. */
  readonly escape?: string;
  /** true: the first record names the columns; false: records are lists; a list: the names. */
  readonly header?: boolean | readonly string[];
  readonly newline?: '\n' | '\r\n';
  readonly trim?: boolean;
  readonly skipEmptyLines?: boolean;
  /** Records may have fewer or more fields than there are columns. */
  readonly relaxed?: boolean;
  /** Columns that become numbers or booleans when read; everything else stays a string. */
  readonly types?: Readonly<Record<string, CsvType>>;
  /** Of the bytes that are read. */
  readonly encoding?: 'utf-8' | 'iso-8859-1' | 'windows-1252' | 'utf-16le';
  /** When writing: put an apostrophe before texts that a spreadsheet would run as a formula. */
  readonly guardFormulas?: boolean;
}
