// Appends messages to files: one write per file and batch; a line cut off by a crash is ended before the next begins.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from './write-file.ts';

const newline = 0x0a;

/** With `lines`, every message ends with a line break. */
export async function appendAll(
  file: string,
  messages: readonly Uint8Array[],
  options: { readonly sync: boolean; readonly lines: boolean },
): Promise<void> {
  const { handle, created } = await openForAppend(file);
  try {
    const cutOff = options.lines && (await endsInMiddleOfLine(handle));
    const parts = messages.flatMap((bytes) =>
      options.lines && bytes.at(-1) !== newline ? [bytes, Buffer.of(newline)] : [bytes],
    );
    await handle.appendFile(Buffer.concat(cutOff ? [Buffer.of(newline), ...parts] : parts));
    if (options.sync) await handle.datasync();
  } finally {
    await handle.close();
  }
  if (created && options.sync) await syncFolder(path.dirname(file));
}

async function openForAppend(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly created: boolean }> {
  try {
    return { handle: await open(file, 'ax+'), created: true };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return { handle: await open(file, 'a+'), created: false };
    if (code !== 'ENOENT') throw error;
    await mkdir(path.dirname(file), { recursive: true });
    return { handle: await open(file, 'a+'), created: true };
  }
}

async function endsInMiddleOfLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== newline;
}
