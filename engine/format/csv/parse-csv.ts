// CSV to records, one by one from a chunked source or all at once. Every field stays a string.
import { type CsvError, type Options, Parser } from 'csv-parse';
import { FormatError } from '../format-error.ts';
import type { CsvOptions } from './csv-options.ts';

export type CsvRecord = Readonly<Record<string, string>> | readonly string[];

/** Longest record, in characters: what is longer is a quote that never closes. */
const maxRecordSize = 4 * 1024 * 1024;

/** Records in order, read as they are asked for. Throws FormatError VRS8213 with the line. */
export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: CsvOptions = {},
): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = new Parser(parserOptions(options));
  const decode = decoder(options.encoding ?? 'utf-8');
  const feed = (async () => {
    for await (const chunk of chunks) {
      if (!parser.write(decode(chunk)))
        await new Promise<void>((resolve) => parser.once('drain', resolve).once('close', resolve));
    }
    parser.write(decode());
    parser.end();
  })();
  feed.catch((error: unknown) => parser.destroy(error as Error));
  try {
    yield* parser as AsyncIterable<CsvRecord>;
    await feed;
  } catch (error) {
    throw csvError(error);
  } finally {
    parser.destroy();
  }
}

export async function parseCsv(bytes: Uint8Array, options: CsvOptions = {}): Promise<readonly CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of csvRecords([bytes], options)) records.push(record);
  return records;
}

function parserOptions(options: CsvOptions): Options {
  return {
    delimiter: options.delimiter ?? ',',
    quote: options.quote ?? '"',
    escape: options.escape ?? options.quote ?? '"',
    columns: columnsOf(options.header ?? true),
    trim: options.trim ?? false,
    skip_empty_lines: options.skipEmptyLines ?? true,
    relax_column_count: options.relaxed ?? false,
    max_record_size: maxRecordSize,
    bom: true,
  };
}

/** Two columns of one name would silently become one. */
function columnsOf(header: boolean | readonly string[]): NonNullable<Options['columns']> {
  if (header === false) return false;
  if (header !== true) return checkedColumns(header) as string[];
  return (names: string[]) => checkedColumns(names) as string[];
}

function checkedColumns(names: readonly string[]): readonly string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new FormatError('VRS8213', `the header names the column ${JSON.stringify(twice)} twice`, {
      line: 1,
    });
  if (names.includes('__proto__'))
    throw new FormatError('VRS8213', 'a column cannot be called __proto__', { line: 1 });
  return names;
}

function decoder(encoding: string): (chunk?: Uint8Array) => string {
  try {
    const text = new TextDecoder(encoding, { fatal: true });
    return (chunk) => (chunk === undefined ? text.decode() : text.decode(chunk, { stream: true }));
  } catch (cause) {
    throw new FormatError('VRS8202', `there is no encoding ${encoding}`, { cause });
  }
}

function csvError(error: unknown): FormatError {
  if (error instanceof FormatError) return error;
  const { code, lines, message } = error as CsvError & { readonly lines?: number };
  if ((error as { readonly code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new FormatError('VRS8202', 'the content is not in its declared encoding', { cause: error });
  const line = typeof lines === 'number' ? { line: lines } : {};
  return new FormatError('VRS8213', `the content is not CSV of this dialect: ${message}`, {
    ...line,
    cause: code ?? error,
  });
}
