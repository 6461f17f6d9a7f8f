// Records to CSV.
import { FormatError } from '../format-error.ts';
import { formatJson } from '../json.ts';
import type { CsvOptions } from './csv-options.ts';
import { csvStringify } from './libraries.ts';

type Row = readonly unknown[];

/**
 * `value`: a list of objects (columns from `header`, or all members in order of appearance) or of lists; anything else is one
 * record. Members that are objects or lists are written as JSON. UTF-8 bytes. Throws FormatError VRS8203.
 */
export function formatCsv(value: unknown, options: CsvOptions = {}): Uint8Array {
  const records = Array.isArray(value) ? value : [value];
  const lists = records.every(Array.isArray);
  const { names, rows } = lists ? fromLists(records, options.header) : fromObjects(records, options.header);
  const lines = names === undefined ? rows : [names, ...rows];
  return Buffer.from(
    writeLines(
      lines.map((row) => row.map(textOf)),
      options,
    ),
  );
}

interface Table {
  /** Of the header line; undefined when none is written. */
  readonly names: readonly string[] | undefined;
  readonly rows: readonly Row[];
}

function fromLists(records: readonly Row[], header: CsvOptions['header']): Table {
  return { names: Array.isArray(header) ? header : undefined, rows: records };
}

function fromObjects(records: readonly unknown[], header: CsvOptions['header']): Table {
  const members = records.map((record) => {
    if (
      typeof record === 'object' &&
      record !== null &&
      !ArrayBuffer.isView(record) &&
      !Array.isArray(record)
    )
      return record as Readonly<Record<string, unknown>>;
    throw new FormatError(
      'VRS8203',
      'CSV is written from a list of objects or a list of lists; map the value first',
    );
  });
  const columns: readonly string[] = Array.isArray(header)
    ? header
    : [...new Set(members.flatMap(Object.keys))];
  const rows = members.map((record) =>
    columns.map((column) => (Object.hasOwn(record, column) ? record[column] : undefined)),
  );
  return { names: header === false ? undefined : columns, rows };
}

function textOf(field: unknown): string | number {
  if (field === null || field === undefined) return '';
  if (typeof field === 'string' || typeof field === 'number') return field;
  return formatJson(field);
}

function writeLines(lines: readonly (readonly (string | number)[])[], options: CsvOptions): string {
  const { delimiter = ',', quote = '"', newline = '\n' } = options;
  if (quote === '') checkUnquoted(lines, delimiter);
  return csvStringify().stringify([...lines] as unknown as string[][], {
    delimiter,
    quote,
    escape: options.escape ?? quote,
    record_delimiter: newline,
    escape_formulas: options.guardFormulas ?? false,
    // Readers take either line end for one, whatever this dialect writes; and space at the ends may be trimmed.
    ...(quote === '' ? {} : { quoted_match: /[\r\n]|^\s|\s$/ }),
    // A line with one empty field would be an empty line.
    quoted_empty: quote !== '' && lines.some((line) => line.length === 1),
  });
}

function checkUnquoted(lines: readonly (readonly (string | number)[])[], delimiter: string): void {
  for (const field of lines.flat()) {
    const text = String(field);
    if (text.includes(delimiter) || /[\r\n]/.test(text)) {
      throw new FormatError(
        'VRS8203',
        'A field holds the delimiter or a line end, and this CSV dialect has no quotes',
      );
    }
  }
}
