// Reads the records of a file one by one, holding no more of it than a record.
import { Payload } from '../../../engine/connector/index.ts';
import { csvRecords } from '../../../engine/connector/records.ts';
import type { FileConsumerConfig } from '../config.gen.ts';

export type FileRecord =
  | { readonly kind: 'record'; readonly payload: Payload; readonly size: number }
  | { readonly kind: 'too-large' };

export interface RecordOptions {
  readonly format: NonNullable<FileConsumerConfig['records']>;
  readonly csv: FileConsumerConfig['csv'];
  readonly contentType: string | undefined;
  /** Bytes of one record at most. */
  readonly maxSize: number;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from('\u{feff}');
/** Bytes of a line that are not its content: the mark and the carriage return. */
const notContent = 4;
const tooLarge: FileRecord = { kind: 'too-large' };

/** Every record has its number, also one that is too large; blank lines of NDJSON have none. Throws for what is not CSV. */
export function readRecords(
  chunks: AsyncIterable<Uint8Array>,
  options: RecordOptions,
): AsyncGenerator<FileRecord, void, undefined> {
  switch (options.format) {
    case 'csv':
      return csvPayloads(chunks, options);
    case 'ndjson':
      return linePayloads(chunks, options, options.contentType ?? 'application/json', true);
    case 'lines':
      return linePayloads(chunks, options, options.contentType ?? 'text/plain', false);
  }
}

async function* csvPayloads(
  chunks: AsyncIterable<Uint8Array>,
  { csv, maxSize }: RecordOptions,
): AsyncGenerator<FileRecord, void, undefined> {
  for await (const record of csvRecords(chunks, csv)) {
    const payload = Payload.ofValue(record);
    const size = payload.bytes().byteLength;
    yield size > maxSize ? tooLarge : { kind: 'record', payload, size };
  }
}

async function* linePayloads(
  chunks: AsyncIterable<Uint8Array>,
  { maxSize }: RecordOptions,
  contentType: string,
  skipBlank: boolean,
): AsyncGenerator<FileRecord, void, undefined> {
  for await (const line of readLines(chunks, maxSize)) {
    if (line === undefined) yield tooLarge;
    else if (!skipBlank || !isBlank(line))
      yield { kind: 'record', payload: Payload.ofBytes(line, contentType), size: line.byteLength };
  }
}

/** Lines without their ends (LF or CRLF) and without a byte order mark; undefined for one that is longer than `maxSize`. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxSize: number,
): AsyncGenerator<Buffer | undefined, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let isTooLong = false;
  let isFirst = true;
  const finish = (line: Buffer): Buffer | undefined => {
    const text = withoutReturn(isFirst ? withoutMark(line) : line);
    const tooLong = isTooLong || text.byteLength > maxSize;
    isTooLong = false;
    isFirst = false;
    return tooLong ? undefined : text;
  };
  for await (const chunk of chunks) {
    const bytes = rest.byteLength === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      yield finish(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.byteLength <= maxSize + notContent) continue;
    isTooLong = true;
    rest = Buffer.alloc(0);
  }
  if (rest.byteLength > 0 || isTooLong) yield finish(rest);
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

function withoutMark(line: Buffer): Buffer {
  return line.subarray(0, 3).equals(byteOrderMark) ? line.subarray(3) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}
