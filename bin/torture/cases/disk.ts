// A disk that is full under the server: nothing may be accepted that is not stored.
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { report } from '../accounts.ts';
import { feedAndHurt, Skipped, type TortureCase, withArena } from './case.ts';

const run = promisify(execFile);
const diskSize = '96m';
/** The server must believe that there is more: else the quota of the stream comes first, as it should. */
const serverConfig = (storeDir: string) =>
  `jetstream { store_dir: ${JSON.stringify(storeDir)}, max_file_store: 10GB }`;
const fullMs = 10_000;

export const diskFull: TortureCase = {
  about: 'the disk under the server is full for 10 s, then has room again and the server is started anew',
  run: (options) =>
    withSmallDisk((directory) => {
      const storeDir = path.join(directory, 'nats');
      return withArena({ storeDir, serverConfig: serverConfig(storeDir) }, async (arena) => {
        await arena.engine.start();
        const everyMs = [5_000, 8_000] as const;
        let times = 0;
        const hurt = async () => {
          times++;
          const filler = path.join(directory, 'filler');
          await fill(filler);
          await pause(fullMs);
          await rm(filler);
          await arena.restartServer(200);
        };
        const fed = await feedAndHurt(arena, options, { everyMs, hurt });
        await arena.drained();
        return report(await arena.accounts(fed, fed.perSecond), [
          `full ${times} times, refused ${fed.refused} times`,
        ]);
      });
    }),
};

/** Writes until there is no room for another byte. */
async function fill(file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const block of [Buffer.alloc(1 << 20), Buffer.alloc(4096)])
      while (await handle.write(block).then(({ bytesWritten }) => bytesWritten === block.length, isFull));
  } finally {
    await handle.close();
  }
}

function isFull(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOSPC') return false;
  throw error;
}

async function withSmallDisk<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'tmpfs', directory]);
  } catch (error) {
    await rm(directory, { recursive: true });
    const { stderr = '', message } = error as Error & { readonly stderr?: string };
    throw new Skipped(`a small tmpfs cannot be mounted here (root can): ${stderr.trim() || message}`);
  }
  try {
    return await use(directory);
  } finally {
    await run('umount', ['--lazy', directory]);
    await rm(directory, { recursive: true, force: true });
  }
}
