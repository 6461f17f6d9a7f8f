// Records from one format to another as a stream, and what a failure on the way means.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { type CodecOptions, codecs, type Format } from './codecs.ts';
import type { CsvOptions } from './csv/csv-options.ts';
import { formatCsv } from './csv/format-csv.ts';
import { csvRecords } from './csv/parse-csv.ts';
import { FormatError } from './format-error.ts';
import { formatJson } from './json.ts';
import { ndjsonRecords } from './ndjson.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** Records gathered into one chunk. */
const gatherBytes = 64 * 1024;
const rowsAtOnce = 200;

/** Whether content of one format becomes the other without being held as a whole. */
export function streams(from: Format, to: Format): boolean {
  return (from === 'csv' && to === 'ndjson') || (from === 'ndjson' && to === 'csv');
}

/** Expects formats for which {@link streams} holds. Malformed content throws VrskyError with the format's code, permanently. */
export async function* convertedStream(
  chunks: Chunks,
  from: Format,
  to: Format,
  options: CodecOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (to === 'ndjson') yield* gathered(lines(csvRecords(chunks, options.csv)));
    else if (from === 'ndjson') yield* gathered(rows(ndjsonRecords(chunks), options.csv));
    else throw new Error(`${codecs[from].contentType} to ${codecs[to].contentType} is no stream`);
  } catch (error) {
    throw error instanceof FormatError ? new VrskyError(error.code, error.message, { cause: error }) : error;
  }
}

async function* lines(records: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, undefined> {
  for await (const record of records) yield Buffer.from(`${formatJson(record)}\n`);
}

/** The first record decides the columns, where the author does not: what comes later is not known yet. */
async function* rows(
  records: AsyncIterable<unknown>,
  csv: CsvOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const fixed = Array.isArray(csv.header) ? csv.header : undefined;
  let columns = fixed;
  let batch: (readonly unknown[])[] = [];
  let isFirst = true;
  const written = () => {
    const header = isFirst && csv.header !== false && columns !== undefined ? [...columns] : false;
    const bytes = formatCsv(batch, { ...csv, header });
    isFirst = false;
    batch = [];
    return bytes;
  };
  for await (const record of records) {
    if (!Array.isArray(record)) columns ??= Object.keys(membersOf(record));
    batch.push(Array.isArray(record) ? record : rowOf(membersOf(record), columns ?? [], fixed !== undefined));
    if (batch.length === rowsAtOnce) yield written();
  }
  if (batch.length > 0) yield written();
}

function membersOf(record: unknown): Readonly<Record<string, unknown>> {
  if (typeof record === 'object' && record !== null) return record as Readonly<Record<string, unknown>>;
  throw new FormatError('VRS8203', 'CSV is written from objects or lists; split and map the records first');
}

function rowOf(
  members: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  isChosen: boolean,
): readonly unknown[] {
  const unknown = isChosen ? undefined : Object.keys(members).find((name) => !columns.includes(name));
  if (unknown !== undefined) {
    const what = `A record has ${JSON.stringify(unknown)}, which the first one has not`;
    throw new FormatError('VRS8203', `${what}: name the columns in \`csv.header\``);
  }
  return columns.map((column) => (Object.hasOwn(members, column) ? members[column] : undefined));
}

async function* gathered(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const part of parts) {
    waiting.push(part);
    size += part.byteLength;
    if (size < gatherBytes) continue;
    yield Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}
