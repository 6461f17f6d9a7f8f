// Has the disk confirm everything that was written to a file system: the command `sync -f`, for Node.js has no call for it.
import { execFile } from 'node:child_process';
import { stat, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of file systems that one kernel has for itself: another boot means that all who wrote a log are gone. ext2 to ext4, XFS, Btrfs. */
const localTypes: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e]);

export async function syncFileSystem(folder: string): Promise<void> {
  await run('sync', ['-f', folder]);
}

/** The device, when its files may wait in a log; undefined for network mounts and the like, in memory, and without the command. */
export async function deviceThatCanSync(folder: string): Promise<number | undefined> {
  try {
    const { type } = await statfs(folder);
    if (!localTypes.has(type)) return undefined;
    // Is there the command, and does it take a folder? There is nothing to be written here.
    await syncFileSystem('/proc');
    return (await stat(folder)).dev;
  } catch {
    return undefined;
  }
}
