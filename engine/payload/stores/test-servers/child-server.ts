// Servers of object stores as child processes, for tests: started on a free port, ended with the tests, found in the user's cache.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Where tests look for the servers that npm does not bring along; the guide to contributing says how they get there. */
export const serverCache = path.join(homedir(), '.cache', 'vrsky');

export interface ChildServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  /** Below {@link serverCache}. */
  readonly binary: string;
  readonly args: (port: number, folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Undefined where the binary is not there. Rejects when the server does not answer within a minute. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer | undefined> {
  const binary = path.join(serverCache, options.binary);
  if (!existsSync(binary)) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-store-server-'));
  const port = await freePort();
  const child = spawn(binary, options.args(port, folder), {
    env: { ...process.env, ...options.env },
    stdio: 'ignore',
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 60_000 && child.exitCode === null; waited += 50) {
    if (await answers(url)) return { url, stop };
    await pause(50);
  }
  await stop();
  throw new Error(`${options.binary} does not answer at ${url}`);
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
