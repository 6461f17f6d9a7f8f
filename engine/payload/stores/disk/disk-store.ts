// Keeps payloads as files of one folder: written to a temporary name, synced, then renamed, so a name means a whole object.
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { VrskyError } from '../../../diagnostics/vrsky-error.ts';
import { expiryOf } from '../../object-key.ts';
import type { PayloadStore, StoredObject } from '../../payload-store.ts';

/** What an unfinished upload is called; a crash may leave one, which no listing shows. */
const unfinished = '.tmp';

/** A store in `folder`, which is created when first written to. */
export function diskStore(folder: string): PayloadStore {
  return {
    put: (key, content, signal) => write(fileOf(folder, key), content, signal),
    get: (key, signal) => read(fileOf(folder, key), key, signal),
    async delete(key) {
      const file = fileOf(folder, key);
      await attempt('delete', key, () => rm(file, { force: true }));
    },
    list: () => list(folder),
    abandonUploads: (before) => abandon(folder, before),
  };
}

/** Keys of our own form only: nothing in them leads out of the folder. */
function fileOf(folder: string, key: string): string {
  if (expiryOf(key) === undefined)
    throw new VrskyError('VRS8504', `${JSON.stringify(key)} is no payload key`);
  return path.join(folder, key);
}

async function write(file: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const temporary = file + unfinished;
  try {
    const folders = await attempt('write', file, () => createFolder(path.dirname(file)));
    const handle = await attempt('write', file, () => open(temporary, 'wx'));
    try {
      await fill(handle, file, content, signal);
    } finally {
      await handle.close();
    }
    await attempt('write', file, () => rename(temporary, file));
    for (const folder of folders) await attempt('write', file, () => syncFolder(folder));
  } catch (error) {
    // What went wrong first is what counts; the folder itself may be the trouble.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function fill(
  handle: FileHandle,
  file: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  for await (const chunk of content) {
    signal.throwIfAborted();
    await attempt('write', file, () => handle.writeFile(chunk));
  }
  signal.throwIfAborted();
  await attempt('write', file, () => handle.sync());
}

async function* read(file: string, key: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { signal, highWaterMark: 256 * 1024 }))
      yield chunk as Uint8Array;
  } catch (error) {
    if (signal.aborted) throw error;
    if (errorCode(error) === 'ENOENT')
      throw new VrskyError('VRS8501', `payload ${key} is gone`, { cause: error });
    throw failed('read', key, error);
  }
}

async function* list(folder: string): AsyncGenerator<StoredObject> {
  const entries = await attempt('list', folder, () => opendir(folder, { recursive: true })).catch(absent);
  if (entries === undefined) return;
  for await (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const key = path.relative(folder, file).split(path.sep).join('/');
    if (!entry.isFile() || expiryOf(key) === undefined) continue;
    const found = await attempt('list', key, () => stat(file)).catch(absent);
    if (found !== undefined) yield { key, size: found.size };
  }
}

async function abandon(folder: string, before: number): Promise<void> {
  const entries = await attempt('list', folder, () => opendir(folder, { recursive: true })).catch(absent);
  if (entries === undefined) return;
  for await (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(unfinished)) continue;
    const file = path.join(entry.parentPath, entry.name);
    if (
      expiryOf(path.relative(folder, file.slice(0, -unfinished.length)).split(path.sep).join('/')) ===
      undefined
    )
      continue;
    const found = await attempt('list', file, () => stat(file)).catch(absent);
    if (found !== undefined && found.mtimeMs < before)
      await attempt('delete', file, () => rm(file, { force: true }));
  }
}

/** Others delete while we list. */
function absent(error: unknown): undefined {
  if (error instanceof VrskyError && errorCode(error.cause) === 'ENOENT') return undefined;
  throw error;
}

/** Answers the folders that hold new names: the folder itself, and those above it that were created into. */
async function createFolder(folder: string): Promise<readonly string[]> {
  const first = await mkdir(folder, { recursive: true });
  const changed = [folder];
  if (first === undefined) return changed;
  for (let created = folder; created.length >= first.length; created = path.dirname(created))
    changed.push(path.dirname(created));
  return changed;
}

/** A new name survives a power cut only once its folder is on the disk too. Windows cannot open folders, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function attempt<T>(verb: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failed(verb, what, error);
  }
}

function failed(verb: string, what: string, error: unknown): VrskyError {
  const reason = error instanceof Error ? error.message : String(error);
  return new VrskyError('VRS8503', `the disk store cannot ${verb} ${what}: ${reason}`, {
    retryable: true,
    cause: error,
  });
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
