// Runs the CSV parser by hand instead of as a stream: text in, the records that it completes out, synchronously.
import type { CastingContext, Options, Parser } from 'csv-parse';
import { checkedColumns, typedField } from './csv-columns.ts';
import { csvError } from './csv-error.ts';
import type { CsvOptions } from './csv-options.ts';
import { csvParse } from './libraries.ts';

export type CsvField = string | number | boolean | null;
export type CsvRecord = Readonly<Record<string, CsvField>> | readonly CsvField[];

/** Longest record, in bytes: what is longer is a quote that never closes. */
const maxRecordSize = 4 * 1024 * 1024;

/** As a stream the parser would drop finished records when a later one is malformed. */
export class RecordReader {
  readonly #parser: Parser;
  #records: CsvRecord[] = [];

  constructor(options: CsvOptions) {
    const { Parser } = csvParse();
    this.#parser = new Parser(parserOptions(options));
    // Where it hands over each record.
    this.#parser.push = (record: unknown): boolean => {
      if (record !== null) this.#records.push(record as CsvRecord);
      return true;
    };
  }

  /** The records that these bytes (UTF-8) complete; then throws FormatError when what follows them is malformed. */
  *feed(bytes: Buffer): Generator<CsvRecord, void, undefined> {
    yield* this.#take((done) => this.#parser._transform(bytes, 'utf-8', done));
  }

  /** The records that the end of the content completes. */
  *finish(): Generator<CsvRecord, void, undefined> {
    yield* this.#take((done) => this.#parser._flush(done));
  }

  *#take(work: (done: (error?: Error | null) => void) => void): Generator<CsvRecord, void, undefined> {
    let failure: unknown;
    try {
      work((error) => {
        failure = error ?? undefined;
      });
    } catch (error) {
      failure = error;
    }
    const records = this.#records;
    this.#records = [];
    yield* records;
    if (failure !== undefined) throw csvError(failure);
  }
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
