// Keeps two servers from using one store directory.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VrskyError } from '../diagnostics/vrsky-error.ts';

/** Answers the function that releases it. A lock whose process is gone is taken over. Throws VRS8005. */
export async function lockStore(directory: string): Promise<() => Promise<void>> {
  const file = path.join(directory, 'vrsky.lock');
  const release = () => rm(file, { force: true });
  for (const _try of [1, 2]) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return release;
    } catch {
      const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
      if (isAlive(holder) && holder !== process.pid) {
        throw new VrskyError('VRS8005', `${directory} is in use by process ${holder}`, {
          help: 'Stop that one, or use another folder (--data DIR).',
        });
      }
      await release();
    }
  }
  await writeFile(file, String(process.pid));
  return release;
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
