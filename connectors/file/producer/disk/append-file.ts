// Appends messages to a file in one write; a line cut off by a crash or a full disk is mended before the next begins.
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { createFolder } from './sync-folder.ts';
import { writeAll } from './write-all.ts';
import type { WrittenFile } from './written-file.ts';

export interface AppendOptions {
  /** Every message ends with a line break. */
  readonly lines: boolean;
  readonly places: readonly number[];
}

const newline = Buffer.of(0x0a);
const nothing = Buffer.alloc(0);

export function appendAll(
  file: string,
  messages: readonly Uint8Array[],
  { lines, places }: AppendOptions,
): WrittenFile {
  const { fd, created } = openForAppend(file);
  try {
    const entries = lines ? messages.map(asLine) : messages;
    const before = lines ? mendEnd(fd, entries) : nothing;
    appendOrUndo(fd, Buffer.concat([before, ...entries]));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    fd,
    places,
    abandon: () => closeSync(fd),
    finish: () => {
      closeSync(fd);
      return created;
    },
  };
}

function openForAppend(file: string): { readonly fd: number; readonly created: readonly string[] } {
  const folder = path.dirname(file);
  try {
    return { fd: openSync(file, 'ax+'), created: [folder] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return { fd: openSync(file, 'a+'), created: [] };
    if (code !== 'ENOENT') throw error;
    const created = createFolder(folder);
    return { fd: openSync(file, 'a+'), created: [folder, ...created] };
  }
}

function asLine(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === newline[0] ? bytes : Buffer.concat([bytes, newline]);
}

/**
 * A file that does not end with a line break was cut off, or is somebody else's. When the rest is the beginning of a message that is
 * about to be written (the cut-off write is tried again) it is taken away; anything else gets the line break it lacks, which is answered.
 */
function mendEnd(fd: number, entries: readonly Uint8Array[]): Buffer {
  const { size } = fstatSync(fd);
  if (size === 0) return nothing;
  const longest = entries.reduce((length, entry) => Math.max(length, entry.byteLength), 1);
  const end = readAt(fd, Math.max(0, size - longest), Math.min(size, longest));
  const rest = end.subarray(end.lastIndexOf(newline) + 1);
  if (rest.byteLength === 0) return nothing;
  const isWholeLine = rest.byteLength < end.byteLength || end.byteLength === size;
  const isOurs = isWholeLine && entries.some((entry) => rest.equals(entry.subarray(0, rest.byteLength)));
  if (!isOurs) return newline;
  ftruncateSync(fd, size - rest.byteLength);
  return nothing;
}

/** Half a batch must not stay when the disk is full: it would be there twice after the retry. */
function appendOrUndo(fd: number, bytes: Buffer): void {
  const { size } = fstatSync(fd);
  try {
    writeAll(fd, bytes);
  } catch (error) {
    undo(fd, size, bytes);
    throw error;
  }
}

function undo(fd: number, sizeBefore: number, bytes: Buffer): void {
  try {
    const { size } = fstatSync(fd);
    const written = readAt(fd, sizeBefore, size - sizeBefore);
    if (written.equals(bytes.subarray(0, written.byteLength))) ftruncateSync(fd, sizeBefore);
  } catch {
    // The error of the write is the one that matters.
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
