// Servers of object stores as child processes, for tests: on a free port, with a folder of their own, killed and started at will.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { dropFolder, scratchFolder } from '../scratch-folder.ts';
import { testPort } from '../test-port.ts';

export interface ChildServer {
  readonly url: string;
  readonly folder: string;
  /** It answers nobody from now on, until {@link stop} or {@link kill}. */
  stall(): void;
  kill(): Promise<void>;
  /** On the same port, with the same folder. */
  revive(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

export interface ChildServerOptions {
  readonly command: string;
  readonly args: (port: number, folder: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `http` when not said. */
  readonly scheme?: 'https';
  /** How it is killed; `SIGKILL` when not said. */
  readonly killedBy?: 'SIGTERM';
}

const startMs = 60_000;

/** Rejects when the server does not answer within a minute: the machine may be busy. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const folder = await scratchFolder('store-server');
  const port = await testPort();
  const url = `${options.scheme ?? 'http'}://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(options.killedBy ?? 'SIGKILL');
    await ended;
  };
  const start = async () => {
    const started = spawn(options.command, options.args(port, folder), {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    started.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-500);
    });
    child = started;
    const failed = new Promise<never>((_resolve, reject) => {
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`${options.command} ended with ${code}: ${said}`)));
    });
    failed.catch(() => undefined);
    await Promise.race([answering(url), failed]);
  };
  const killOnExit = () => child?.kill('SIGKILL');
  process.prependOnceListener('exit', killOnExit);
  await start();
  return {
    url,
    folder,
    stall: () => void child?.kill('SIGSTOP'),
    kill,
    revive: start,
    async stop() {
      await kill();
      process.off('exit', killOnExit);
      await dropFolder(folder);
    },
  };
}

async function answering(url: string): Promise<void> {
  const giveUpAt = Date.now() + startMs;
  while (!(await answers(url))) {
    if (Date.now() > giveUpAt) throw new Error(`nobody answers at ${url}`);
    await pause(50);
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (answer) => {
      await answer.body?.cancel();
      return true;
    },
    () => false,
  );
}
