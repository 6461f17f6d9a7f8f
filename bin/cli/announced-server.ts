// `.vrsky/server.json`: by it other commands in a folder find the server of the `vrsky dev` that runs there.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Relative to the working directory. */
const file = path.join('.vrsky', 'server.json');

export interface AnnouncedServer {
  readonly url: string;
  /** Of the `vrsky dev`. */
  readonly pid: number;
}

/** Undefined when none runs here. What a killed one left behind does not count. */
export async function announcedServer(): Promise<AnnouncedServer | undefined> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as AnnouncedServer;
    return isAlive(found.pid) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** False when another one is announced here already: that one stays. */
export async function announceServer(url: string): Promise<boolean> {
  const other = await announcedServer();
  if (other !== undefined && other.pid !== process.pid) return false;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ url, pid: process.pid })}\n`);
  return true;
}

/** Takes back what this process announced. */
export async function withdrawServer(): Promise<void> {
  if ((await announcedServer())?.pid === process.pid) await rm(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
