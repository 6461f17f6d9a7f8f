// Records to CSV.
import { stringify } from 'csv-stringify/sync';
import { FormatError } from '../format-error.ts';
import type { CsvOptions } from './csv-options.ts';

/** `value`: a list of objects (columns from `header`, or from all members in order of appearance) or of lists. Throws FormatError VRS8203. */
export function formatCsv(value: unknown, options: CsvOptions = {}): Uint8Array {
  const records = Array.isArray(value) ? value : [value];
  const isFlat = records.every((record) => typeof record === 'object' && record !== null);
  if (!isFlat) throw new FormatError('VRS8203', 'CSV is written from a list of objects or of lists');
  const named = !records.every(Array.isArray);
  const columns = named ? columnsOf(records as readonly object[], options.header) : undefined;
  const text = stringify(records, {
    delimiter: options.delimiter ?? ',',
    quote: options.quote ?? '"',
    escape: options.escape ?? options.quote ?? '"',
    record_delimiter: options.newline ?? '\n',
    header: named ? options.header !== false : Array.isArray(options.header),
    escape_formulas: options.guardFormulas ?? false,
    cast: { boolean: String, object: (member) => JSON.stringify(member) },
    ...(columns === undefined
      ? Array.isArray(options.header)
        ? { columns: [...options.header] }
        : {}
      : { columns: [...columns] }),
  });
  return Buffer.from(text);
}

function columnsOf(records: readonly object[], header: CsvOptions['header']): readonly string[] {
  if (Array.isArray(header)) return header as readonly string[];
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}
