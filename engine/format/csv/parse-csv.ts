// CSV to records: all at once, one by one, or from a chunked source. Fields stay strings unless typed.
import { csvError } from './csv-error.ts';
import type { CsvOptions } from './csv-options.ts';
import { type CsvRecord, RecordReader } from './record-reader.ts';

export type { CsvField, CsvRecord } from './record-reader.ts';

/** The reader makes records of all it is given at once: little by little keeps memory flat. */
const sliceBytes = 64 * 1024;

type Recode = (bytes?: Uint8Array) => Buffer;

/** All records. Throws FormatError VRS8213 with the line, VRS8202 for bytes that are not of the encoding. */
export function parseCsv(bytes: Uint8Array, options: CsvOptions = {}): readonly CsvRecord[] {
  return [...csvValues(bytes, options)];
}

/** The same one by one. All records before a malformed one come first. */
export function* csvValues(
  bytes: Uint8Array,
  options: CsvOptions = {},
): Generator<CsvRecord, void, undefined> {
  const reader = new RecordReader(options);
  const recode = recoder(options.encoding ?? 'utf-8');
  yield* feed(reader, bytes, recode);
  yield* finish(reader, recode);
}

/** Records in order, read as they are asked for; memory is flat in the size of the source. Throws as {@link parseCsv} does. */
export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: CsvOptions = {},
): AsyncGenerator<CsvRecord, void, undefined> {
  const reader = new RecordReader(options);
  const recode = recoder(options.encoding ?? 'utf-8');
  for await (const chunk of chunks) yield* feed(reader, chunk, recode);
  yield* finish(reader, recode);
}

function* feed(
  reader: RecordReader,
  bytes: Uint8Array,
  recode: Recode,
): Generator<CsvRecord, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += sliceBytes) {
    yield* reader.feed(recode(bytes.subarray(at, at + sliceBytes)));
  }
}

function* finish(reader: RecordReader, recode: Recode): Generator<CsvRecord, void, undefined> {
  yield* reader.feed(recode());
  yield* reader.finish();
}

/** Bytes of an encoding to UTF-8, in pieces; without an argument what is left. UTF-8 is only checked. */
function recoder(encoding: NonNullable<CsvOptions['encoding']>): Recode {
  const decoder = new TextDecoder(encoding === 'iso-8859-1' ? 'latin1' : encoding, { fatal: true });
  return (bytes) => {
    try {
      const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
      if (encoding !== 'utf-8' || bytes === undefined) return Buffer.from(text);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      throw csvError(error);
    }
  };
}
