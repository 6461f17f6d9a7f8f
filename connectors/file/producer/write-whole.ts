// Writes whole files: to a temporary name in the same folder, synced, then renamed; a reader sees all of it or nothing.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PermanentError } from '../../../engine/connector/index.ts';
import { createFolder } from './sync-folders.ts';

export interface WriteOptions {
  /** Have the disk confirm. */
  readonly sync: boolean;
  /** An existing file with other content is an error; the same content counts as written (a retry). */
  readonly exclusive: boolean;
}

/** What a crash may leave behind: hidden, and never picked up by a file consumer. */
export const temporaryName = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Answers the folders whose names have changed and are to be synced. */
export async function writeWhole(
  file: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  options: WriteOptions,
): Promise<readonly string[]> {
  const folder = path.dirname(file);
  const stem = Buffer.from(path.basename(file))
    .subarray(0, 200)
    .toString()
    .replace(/\u{fffd}$/u, '');
  const temporary = path.join(folder, `.${stem}.${randomBytes(6).toString('hex')}.tmp`);
  const { handle, created } = await openTemporary(temporary, folder);
  try {
    await fill(handle, content, options.sync);
    if (options.exclusive) await claim(temporary, file);
    else await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return [folder, ...created];
}

async function openTemporary(
  temporary: string,
  folder: string,
): Promise<{ readonly handle: FileHandle; readonly created: readonly string[] }> {
  try {
    return { handle: await open(temporary, 'wx'), created: [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const created = await createFolder(folder);
    return { handle: await open(temporary, 'wx'), created };
  }
}

async function fill(
  handle: FileHandle,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  sync: boolean,
): Promise<void> {
  try {
    if (content instanceof Uint8Array) await handle.writeFile(content);
    else for await (const chunk of content) await handle.writeFile(chunk);
    if (sync) await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** A hard link fails when the name is taken; a rename would replace what is there. */
async function claim(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') await assertSame(temporary, file);
    else if (hasNoLinks(code)) return claimWithoutLinks(temporary, file);
    else throw error;
  }
  await rm(temporary, { force: true });
}

function hasNoLinks(code: string | undefined): boolean {
  return (
    code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS' || code === 'EMLINK'
  );
}

/** Some network and flash file systems: two writers at the same instant could both find the name free. */
async function claimWithoutLinks(temporary: string, file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return rename(temporary, file);
  await assertSame(temporary, file);
  await rm(temporary, { force: true });
}

async function assertSame(temporary: string, file: string): Promise<void> {
  const [written, there] = await Promise.all([digestOf(temporary), digestOf(file)]);
  if (written !== there) throw new PermanentError(`${file} exists with other content`);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
