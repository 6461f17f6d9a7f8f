// CSV to records, all at once or one by one from a chunked source.
import { type CastingContext, type Options, Parser } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { decodeText } from '../decode-text.ts';
import { checkedColumns, typedField } from './csv-columns.ts';
import { csvError } from './csv-error.ts';
import type { CsvOptions } from './csv-options.ts';

export type CsvField = string | number | boolean | null;
export type CsvRecord = Readonly<Record<string, CsvField>> | readonly CsvField[];

/** Longest record, in characters: what is longer is a quote that never closes. */
const maxRecordSize = 4 * 1024 * 1024;
/** The parser makes records of all it is given at once: little by little keeps memory flat. */
const sliceBytes = 64 * 1024;

/** All records. Throws FormatError VRS8213 with the line, VRS8202 for bytes that are not of the encoding. */
export function parseCsv(bytes: Uint8Array, options: CsvOptions = {}): readonly CsvRecord[] {
  const text = decodeText(bytes, options.encoding ?? 'utf-8');
  try {
    return parse(text, parserOptions(options)) as unknown as readonly CsvRecord[];
  } catch (error) {
    throw csvError(error);
  }
}

/** Records in order, read as they are asked for; memory is flat in the size of the source. Throws as {@link parseCsv} does. */
export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: CsvOptions = {},
): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = new Parser(parserOptions(options));
  const feeding = feed(parser, chunks, options.encoding ?? 'utf-8').catch((error: unknown) => {
    parser.destroy(error as Error);
  });
  try {
    yield* parser as AsyncIterable<CsvRecord>;
    await feeding;
  } catch (error) {
    throw csvError(error);
  } finally {
    parser.destroy();
  }
}

async function feed(
  parser: Parser,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: string,
): Promise<void> {
  const decoder = new TextDecoder(encoding === 'iso-8859-1' ? 'latin1' : encoding, { fatal: true });
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength && !parser.destroyed; at += sliceBytes) {
      const text = decoder.decode(chunk.subarray(at, at + sliceBytes), { stream: true });
      if (!parser.write(text)) await drained(parser);
    }
    if (parser.destroyed) return;
  }
  parser.end(decoder.decode());
}

function drained(parser: Parser): Promise<void> {
  if (parser.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.on('drain', done).on('close', done);
  });
}

function parserOptions(options: CsvOptions): Options {
  const { quote = '"', types } = options;
  return {
    delimiter: options.delimiter ?? ',',
    quote: quote === '' ? null : quote,
    escape: options.escape ?? (quote === '' ? null : quote),
    columns: columnsOf(options),
    trim: options.trim ?? false,
    skip_empty_lines: options.skipEmptyLines ?? true,
    relax_column_count: options.relaxed ?? false,
    max_record_size: maxRecordSize,
    bom: true,
    ...(types === undefined ? {} : { cast: castTo(types) }),
  };
}

function columnsOf({ header = true, types }: CsvOptions): NonNullable<Options['columns']> {
  if (header === false) return false;
  const typed = Object.keys(types ?? {});
  if (header !== true) return [...checkedColumns(header, typed)];
  return (names: string[]) => [...checkedColumns(names, typed)];
}

/** Without a header columns are named by their number, from 0 on. */
function castTo(types: NonNullable<CsvOptions['types']>): NonNullable<Options['cast']> {
  const byColumn = new Map(Object.entries(types));
  return (text: string, { header, column, lines }: CastingContext) => {
    const type = header ? undefined : byColumn.get(String(column));
    return type === undefined ? text : typedField(text, type, String(column), lines);
  };
}
