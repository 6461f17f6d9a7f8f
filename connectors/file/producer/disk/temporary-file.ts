// Whole files appear at once: written under a temporary name in the same folder, then renamed; a reader sees all of a file or nothing.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './failure.ts';
import { createFolder } from './sync-folder.ts';

/** What a crash may leave behind: hidden, and never picked up by a file consumer. */
export const temporaryName = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Of this thread; random bytes for each file take as long as its write. */
const ownMark = randomBytes(4).toString('hex');
let count = 0;

function nextMark(): string {
  count = (count + 1) % 0x10000;
  return ownMark + count.toString(16).padStart(4, '0');
}

export interface TemporaryFile {
  readonly temporary: string;
  readonly fd: number;
  /** The folders that hold new names because folders were missing. */
  readonly created: readonly string[];
}

/** Opens an empty one beside `file`. */
export function openTemporary(file: string): TemporaryFile {
  const folder = path.dirname(file);
  const stem = Buffer.from(path.basename(file))
    .subarray(0, 200)
    .toString()
    .replace(/\u{fffd}$/u, '');
  const temporary = path.join(folder, `.${stem}.${nextMark()}.tmp`);
  try {
    return { temporary, fd: openSync(temporary, 'wx'), created: [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const created = createFolder(folder);
    return { temporary, fd: openSync(temporary, 'wx'), created };
  }
}

export function removeTemporary(temporary: string): void {
  rmSync(temporary, { force: true });
}

/** Gives it its name. With `exclusive` a file of that name stays: the same content counts as written (a retry), other content is refused. */
export function giveName(temporary: string, file: string, exclusive: boolean): void {
  if (exclusive) claim(temporary, file);
  else renameSync(temporary, file);
}

/** A hard link fails when the name is taken; a rename would replace what is there. */
function claim(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') assertSame(temporary, file);
    else if (hasNoLinks(code)) claimWithoutLinks(temporary, file);
    else throw error;
  }
  removeTemporary(temporary);
}

function hasNoLinks(code: string | undefined): boolean {
  return (
    code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS' || code === 'EMLINK'
  );
}

/** Some network and flash file systems: two writers at the same instant could both find the name free. */
function claimWithoutLinks(temporary: string, file: string): void {
  if (existsSync(file)) assertSame(temporary, file);
  else renameSync(temporary, file);
}

function assertSame(temporary: string, file: string): void {
  if (digestOf(temporary) !== digestOf(file)) throw new Refusal(`${file} exists with other content`);
}

function digestOf(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(256 * 1024);
  const fd = openSync(file, 'r');
  try {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk))
      hash.update(chunk.subarray(0, length));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}
