// NDJSON: a JSON value per line.
import { decodeUtf8, markedEncoding } from './decode-text.ts';
import { FormatError } from './format-error.ts';
import { formatJson, parseJson } from './json.ts';
import { LineSplitter } from './line-splitter.ts';

const limits = { maxBytes: 64 * 1024 * 1024, code: 'VRS8201' };

/** Values in order, read as they are asked for; blank lines are left out. Throws FormatError VRS8201 or VRS8202 with the line. */
export async function* ndjsonRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  const lines = new LineSplitter(limits);
  for await (const chunk of chunks) {
    for (const line of lines.push(chunk)) if (!isBlank(line)) yield parseLine(line, lines.line);
  }
  const last = lines.end();
  if (last !== undefined && !isBlank(last)) yield parseLine(last, lines.line);
}

/** The same over content that is all there. */
export function* ndjsonValues(bytes: Uint8Array): Generator<unknown, void, undefined> {
  const lines = new LineSplitter(limits);
  for (const line of lines.push(bytes)) if (!isBlank(line)) yield parseLine(line, lines.line);
  const last = lines.end();
  if (last !== undefined && !isBlank(last)) yield parseLine(last, lines.line);
}

export function parseNdjson(bytes: Uint8Array): readonly unknown[] {
  return [...ndjsonValues(bytes)];
}

/** A list becomes a line per item, anything else one line. Throws FormatError VRS8203. */
export function formatNdjson(value: unknown): Uint8Array {
  const items = Array.isArray(value) ? value : [value];
  return Buffer.from(items.map((item) => `${formatJson(item)}\n`).join(''));
}

function parseLine(bytes: Buffer, line: number): unknown {
  try {
    return parseJson(decodeUtf8(bytes));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { code, column } = error;
    // The place within the line is right but for the line's own number.
    const message = error.message.replace(/\(line \d+,/, `(line ${line},`);
    throw new FormatError(code, code === 'VRS8202' ? `${message} (line ${line})` : message, {
      line,
      column,
      cause: error,
    });
  }
}

/** White space of JSON alone; a byte order mark before nothing too. */
function isBlank(line: Buffer): boolean {
  const start = markedEncoding(line) === 'utf-8' ? 3 : 0;
  for (let at = start; at < line.byteLength; at++) {
    const byte = line[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
