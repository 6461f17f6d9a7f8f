// Opens a file that was found, and makes sure that it is still that file.
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type FoundFile, versionOf } from './found-file.ts';

/** No links, and no waiting for whoever would write into a pipe. Windows knows neither. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const chunkBytes = 256 * 1024;

/** Undefined when the file is gone or has changed since. Rejects when it cannot be read. The caller closes the handle. */
export async function openFound(directory: string, file: FoundFile): Promise<FileHandle | undefined> {
  const location = path.join(directory, file.name);
  try {
    if (!(await isInside(directory, file.name))) return undefined;
    const handle = await open(location, flags);
    if (await isUnchanged(handle, file)) return handle;
    await handle.close();
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether what the handle is open on is what was found. */
export async function isUnchanged(handle: FileHandle, file: FoundFile): Promise<boolean> {
  const stats = await handle.stat({ bigint: true });
  return stats.isFile() && versionOf(stats) === file.version;
}

/** A folder on the way may have become a link since the scan. */
async function isInside(directory: string, name: string): Promise<boolean> {
  const folder = path.dirname(name);
  if (folder === '.') return true;
  const [root, actual] = await Promise.all([realpath(directory), realpath(path.join(directory, folder))]);
  return actual === path.join(root, folder);
}

/** The content as a stream, each time from its beginning. Throws when the file is gone, has changed, or changes meanwhile. */
export async function* streamFound(
  directory: string,
  file: FoundFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openFound(directory, file);
  if (handle === undefined) throw changed(file);
  try {
    const options = { start: 0, end: file.size - 1, autoClose: false, highWaterMark: chunkBytes, signal };
    let length = 0;
    for await (const chunk of handle.createReadStream(options)) {
      length += (chunk as Uint8Array).byteLength;
      yield chunk as Uint8Array;
    }
    if (length < file.size || !(await isUnchanged(handle, file))) throw changed(file);
  } finally {
    await handle.close();
  }
}

function changed({ name }: FoundFile): Error {
  return new Error(`${name} changed while it was read`);
}

/** The whole content; undefined when it changed meanwhile. */
export async function readWhole(handle: FileHandle, file: FoundFile): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafe(file.size);
  let length = 0;
  while (length < bytes.byteLength) {
    const { bytesRead } = await handle.read(bytes, length, bytes.byteLength - length, length);
    if (bytesRead === 0) return undefined;
    length += bytesRead;
  }
  return (await isUnchanged(handle, file)) ? bytes : undefined;
}
