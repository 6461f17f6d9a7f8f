// Folders that last as long as a test or a benchmark: they may hold gigabytes, so what a killed one left goes when the next begins.
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const open = new Set<string>();

/** A new folder for that; whoever asked for it deletes it with {@link dropFolder}. */
export async function scratchFolder(what: string): Promise<string> {
  endInGoodOrder();
  await sweep(what);
  const folder = await mkdtemp(path.join(tmpdir(), `vrsky-${what}-${process.pid}-`));
  open.add(folder);
  return folder;
}

export async function dropFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  open.delete(folder);
}

/** Those of processes that are gone. */
async function sweep(what: string): Promise<void> {
  const ours = new RegExp(`^vrsky-${what}-(\\d+)-`);
  for (const name of await readdir(tmpdir())) {
    const owner = ours.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Another one may be at it.
    await rm(path.join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 }).catch(
      () => undefined,
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** A signal ends Node.js without the listeners of `exit`, by which child processes go and, here, the folders. */
function endInGoodOrder(): void {
  if (process.listeners('exit').includes(dropAll)) return;
  process.once('exit', dropAll);
  for (const [signal, number] of Object.entries(signals))
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(128 + number));
}

function dropAll(): void {
  for (const folder of open) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A server that is just being killed may write once more: the next one sweeps.
    }
  }
}
