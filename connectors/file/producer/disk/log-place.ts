// Where logs lie: `.vrsky-log/BOOT/` in the folder that a producer writes to, a folder per start of the kernel.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';

export const logFolderName = '.vrsky-log';

/** A folder of logs that a worker has taken over to write again what they hold. */
export const takenEnding = '.taken';

/** Undefined where the kernel gives none (other systems than Linux): nobody could tell a power failure from a kill. */
export const bootId: string | undefined = readBootId();

function readBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

export function logsOf(root: string, boot: string): string {
  return path.join(root, logFolderName, boot);
}

/** Of this boot: of a worker that runs, or of one that was killed. */
export function hasLogs(root: string, boot: string): boolean {
  return existsSync(logsOf(root, boot)) && readdirSync(logsOf(root, boot)).length > 0;
}

/** Nobody should wonder at them when no log is left. */
export async function removeEmptyFolders(root: string, boot: string): Promise<void> {
  try {
    await rmdir(logsOf(root, boot));
    await rmdir(path.join(root, logFolderName));
  } catch {
    // Others use them.
  }
}
