// What becomes of a file whose messages are all stored: moved, deleted, or left where it is.
import { copyFile, lstat, mkdir, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type FoundFile, versionOf } from './found-file.ts';

export interface FinishOptions {
  readonly directory: string;
  readonly after: 'move' | 'delete' | 'keep';
  /** Absolute. */
  readonly moveTo: string;
  readonly marker: string | undefined;
}

/** `changed`: another version has taken the name since; it was not touched. Rejects when the disk does. */
export async function finishFile(file: FoundFile, options: FinishOptions): Promise<'done' | 'changed'> {
  if (options.after === 'keep') return 'done';
  const source = path.join(options.directory, file.name);
  const stats = await lstat(source, { bigint: true }).catch(gone);
  if (stats === undefined) return 'done';
  if (versionOf(stats) !== file.version) return 'changed';
  // `rm` looks at it twice more before it does this.
  if (options.after === 'delete') await unlink(source).catch(gone);
  else await moveFile(source, path.join(options.moveTo, file.name));
  if (options.marker !== undefined) await rm(source + options.marker, { force: true });
  return 'done';
}

/** Under a name that is free. Onto another file system a file cannot be renamed, so it is copied. */
async function moveFile(source: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const free = await freeName(target);
  try {
    await rename(source, free);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const temporary = path.join(path.dirname(free), `.${path.basename(free)}.tmp`);
    await copyFile(source, temporary);
    await rename(temporary, free);
    await rm(source);
  }
}

/** `a.xml`, or `a.20261123T210801123Z.xml` when that is taken. */
async function freeName(target: string): Promise<string> {
  const { dir, name, ext } = path.parse(target);
  let free = target;
  for (let timeMs = Date.now(); (await lstat(free).catch(gone)) !== undefined; timeMs++) {
    const stamp = new Date(timeMs).toISOString().replaceAll(/[-:.]/g, '');
    free = path.join(dir, `${name}.${stamp}${ext}`);
  }
  return free;
}

function gone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
