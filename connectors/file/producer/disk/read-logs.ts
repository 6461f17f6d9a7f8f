// Reads what was logged, of all workers of a boot in the order in which they wrote, and of earlier boots before.
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { decodeFrames, type LoggedPlace } from './log-frame.ts';

/** The content of a file as the logs have it. */
export type LoggedContent = () => Buffer;

/** By path below the root: what was written last. Contents stay on the disk until they are asked for. */
export function readLogs(folder: string): ReadonlyMap<string, LoggedContent> {
  const last = new Map<string, LoggedContent>();
  for (const { log, file } of filesIn(folder)) {
    const { range } = file;
    if (range === undefined) last.delete(file.path);
    else last.set(file.path, () => readRange(log, range));
  }
  return last;
}

interface LogFile {
  readonly log: string;
  readonly file: LoggedPlace;
}

function filesIn(folder: string): readonly LogFile[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const inside = (isFolder: boolean) =>
    entries.filter((entry) => entry.isDirectory() === isFolder).map(({ name }) => path.join(folder, name));
  const folders = inside(true).sort((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs);
  const frames = inside(false).flatMap((log) =>
    decodeFrames(readFileSync(log)).map((frame) => ({ log, ...frame })),
  );
  frames.sort((one, other) => (one.at < other.at ? -1 : 1));
  return [
    ...folders.flatMap(filesIn),
    ...frames.flatMap(({ log, files }) => files.map((file) => ({ log, file }))),
  ];
}

function readRange(log: string, range: { readonly start: number; readonly length: number }): Buffer {
  const content = Buffer.alloc(range.length);
  const fd = openSync(log, 'r');
  try {
    readSync(fd, content, 0, range.length, range.start);
  } finally {
    closeSync(fd);
  }
  return content;
}
