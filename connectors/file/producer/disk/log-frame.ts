// What a log holds: a first line, then a frame per batch of files, each with its length and checksum in front.
import { crc32 } from 'node:zlib';

export const logHeader = Buffer.from('vrsky files 1\n');
const prefixLength = 8;

export interface LoggedFile {
  /** Below the root. */
  readonly path: string;
  /** Undefined: written without the log, so what the log held for this path counts no longer. */
  readonly content: Uint8Array | undefined;
}

/** A file in a log that was read: where its content lies. */
export interface LoggedPlace {
  readonly path: string;
  /** Undefined as in LoggedFile. */
  readonly range: { readonly start: number; readonly length: number } | undefined;
}

export interface LogFrame {
  /** By the clock that all processes of one boot share. */
  readonly at: bigint;
  readonly files: readonly LoggedPlace[];
}

interface Head {
  readonly at: string;
  /** Length -1: no content. */
  readonly files: readonly (readonly [path: string, length: number])[];
}

export function encodeFrame(files: readonly LoggedFile[], at: bigint): Buffer {
  const list = files.map(({ path, content }) => [path, content?.byteLength ?? -1] as const);
  const head = Buffer.from(JSON.stringify({ at: String(at), files: list } satisfies Head));
  const contents = files.flatMap(({ content }) => content ?? []);
  const prefix = Buffer.alloc(prefixLength + 4);
  prefix.writeUInt32BE(head.length, prefixLength);
  const frame = Buffer.concat([prefix, head, ...contents]);
  frame.writeUInt32BE(frame.length - prefixLength, 0);
  frame.writeUInt32BE(crc32(frame.subarray(prefixLength)), 4);
  return frame;
}

/** The whole frames from the beginning on. What follows the first that is not whole was never told to be delivered. */
export function decodeFrames(log: Buffer): readonly LogFrame[] {
  if (!log.subarray(0, logHeader.length).equals(logHeader)) return [];
  const frames: LogFrame[] = [];
  for (let start = logHeader.length; start + prefixLength < log.length; ) {
    const bodyStart = start + prefixLength;
    const end = bodyStart + log.readUInt32BE(start);
    const body = log.subarray(bodyStart, end);
    if (end === bodyStart || end > log.length || crc32(body) !== log.readUInt32BE(start + 4)) break;
    frames.push(decodeBody(body, bodyStart));
    start = end;
  }
  return frames;
}

function decodeBody(body: Buffer, bodyStart: number): LogFrame {
  const headEnd = 4 + body.readUInt32BE(0);
  const { at, files } = JSON.parse(body.toString('utf8', 4, headEnd)) as Head;
  let start = bodyStart + headEnd;
  const places = files.map(([path, length]): LoggedPlace => {
    if (length < 0) return { path, range: undefined };
    const range = { start, length };
    start += length;
    return { path, range };
  });
  return { at: BigInt(at), files: places };
}
