// Appends messages to a file in one write; a line cut off by a crash or a full disk is mended before the next begins.
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { createFolder } from './sync-folders.ts';

export interface AppendOptions {
  /** Have the disk confirm. */
  readonly sync: boolean;
  /** Every message ends with a line break. */
  readonly lines: boolean;
}

const newline = Buffer.of(0x0a);
const nothing = Buffer.alloc(0);

/** Answers the folders whose names have changed and are to be synced. */
export async function appendAll(
  file: string,
  messages: readonly Uint8Array[],
  options: AppendOptions,
): Promise<readonly string[]> {
  const { handle, created } = await openForAppend(file);
  try {
    const entries = options.lines ? messages.map(asLine) : messages;
    const before = options.lines ? await mendEnd(handle, entries) : nothing;
    await appendOrUndo(handle, Buffer.concat([before, ...entries]));
    if (options.sync) await handle.datasync();
  } finally {
    await handle.close();
  }
  return created;
}

async function openForAppend(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly created: readonly string[] }> {
  const folder = path.dirname(file);
  try {
    return { handle: await open(file, 'ax+'), created: [folder] };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return { handle: await open(file, 'a+'), created: [] };
    if (code !== 'ENOENT') throw error;
    const created = await createFolder(folder);
    return { handle: await open(file, 'a+'), created: [folder, ...created] };
  }
}

function asLine(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === newline[0] ? bytes : Buffer.concat([bytes, newline]);
}

/**
 * A file that does not end with a line break was cut off, or is somebody else's. When the rest is the beginning of a message that is
 * about to be written (the cut-off write is tried again) it is taken away; anything else gets the line break it lacks, which is answered.
 */
async function mendEnd(handle: FileHandle, entries: readonly Uint8Array[]): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size === 0) return nothing;
  const longest = entries.reduce((length, entry) => Math.max(length, entry.byteLength), 1);
  const end = await readAt(handle, Math.max(0, size - longest), Math.min(size, longest));
  const rest = end.subarray(end.lastIndexOf(newline) + 1);
  if (rest.byteLength === 0) return nothing;
  const isWholeLine = rest.byteLength < end.byteLength || end.byteLength === size;
  const isOurs = isWholeLine && entries.some((entry) => rest.equals(entry.subarray(0, rest.byteLength)));
  if (!isOurs) return newline;
  await handle.truncate(size - rest.byteLength);
  return nothing;
}

/** Half a batch must not stay when the disk is full: it would be there twice after the retry. */
async function appendOrUndo(handle: FileHandle, bytes: Buffer): Promise<void> {
  const { size } = await handle.stat();
  try {
    await handle.appendFile(bytes);
  } catch (error) {
    await undo(handle, size, bytes).catch(() => undefined);
    throw error;
  }
}

async function undo(handle: FileHandle, sizeBefore: number, bytes: Buffer): Promise<void> {
  const { size } = await handle.stat();
  const written = await readAt(handle, sizeBefore, size - sizeBefore);
  if (written.equals(bytes.subarray(0, written.byteLength))) await handle.truncate(sizeBefore);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
