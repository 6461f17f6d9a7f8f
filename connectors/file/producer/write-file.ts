// Writes whole files: to a temporary name in the same directory, synced, then renamed; a reader sees all of it or nothing.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PermanentError } from '../../../engine/connector/index.ts';

export interface WriteOptions {
  /** Have the disk confirm. */
  readonly sync: boolean;
  /** An existing file with other content is an error; the same content counts as written (a retry). */
  readonly exclusive: boolean;
}

export async function writeWhole(file: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(
    folder,
    `.${path.basename(file).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  await writeTemporary(temporary, folder, bytes, options.sync);
  try {
    if (options.exclusive) await linkExclusively(temporary, file, bytes);
    else await rename(temporary, file);
    if (options.sync) await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeTemporary(
  temporary: string,
  folder: string,
  bytes: Uint8Array,
  sync: boolean,
): Promise<void> {
  const handle = await open(temporary, 'wx').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true });
    return open(temporary, 'wx');
  });
  try {
    await handle.writeFile(bytes);
    if (sync) await handle.datasync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** A hard link fails when the name is taken; a rename would replace it. */
async function linkExclusively(temporary: string, file: string, bytes: Uint8Array): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const there = await readFile(file);
    if (!there.equals(bytes)) throw new PermanentError(`${file} exists with other content`);
  }
  await rm(temporary, { force: true });
}

/** The new name itself lasts only once its directory is on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
