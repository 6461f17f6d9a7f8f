// NDJSON: a JSON value per line.
import { FormatError } from './format-error.ts';

const newline = 0x0a;
const maxLineBytes = 64 * 1024 * 1024;

/** Values in order, read as they are asked for; empty lines are left out. Throws FormatError VRS8201 with the line. */
export async function* ndjsonRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  let left: Buffer = Buffer.alloc(0);
  let line = 0;
  for await (const chunk of chunks) {
    const bytes =
      left.byteLength === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([left, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      line++;
      const value = parseLine(bytes.subarray(start, end), line);
      if (value !== undefined) yield value;
      start = end + 1;
    }
    left = bytes.subarray(start);
    if (left.byteLength > maxLineBytes)
      throw new FormatError('VRS8201', `line ${line + 1} is longer than 64 MiB`, { line: line + 1 });
  }
  const value = parseLine(left, line + 1);
  if (value !== undefined) yield value;
}

export function parseNdjson(bytes: Uint8Array): readonly unknown[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n')
    .map((text, index) => parseLine(Buffer.from(text), index + 1))
    .filter((value) => value !== undefined);
}

/** A list becomes a line per item, anything else one line. */
export function formatNdjson(value: unknown): Uint8Array {
  const items = Array.isArray(value) ? value : [value];
  return Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
}

function parseLine(bytes: Buffer, line: number): unknown {
  const text = bytes.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError('VRS8201', `line ${line} is not JSON: ${(cause as Error).message}`, {
      line,
      cause,
    });
  }
}
