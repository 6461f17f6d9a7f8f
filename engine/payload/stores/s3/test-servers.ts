// Real S3 servers for tests: an emulator in this process, and versitygw where its binary is found.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startFauxqs } from 'fauxqs';
import type { S3Settings } from './s3-settings.ts';

export interface S3Server {
  readonly settings: Omit<S3Settings, 'bucket'>;
  stop(): Promise<void>;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'testtesttest' };

export async function startEmulator(): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, logger: false });
  return {
    settings: { endpoint: `http://127.0.0.1:${server.port}`, region: 'us-east-1', ...credentials },
    stop: () => server.stop(),
  };
}

/** Where `GOBIN=~/.cache/vrsky/bin go install github.com/versity/versitygw/cmd/versitygw@latest` puts it. */
export const versityBinary = path.join(homedir(), '.cache', 'vrsky', 'bin', 'versitygw');

/** Undefined where its binary is not installed. */
export async function startVersity(): Promise<S3Server | undefined> {
  if (!existsSync(versityBinary)) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-versity-'));
  await mkdir(path.join(folder, 'data'));
  const port = await freePort();
  const child = spawn(versityBinary, ['--port', `127.0.0.1:${port}`, 'posix', path.join(folder, 'data')], {
    env: {
      ...process.env,
      ROOT_ACCESS_KEY: credentials.accessKeyId,
      ROOT_SECRET_KEY: credentials.secretAccessKey,
    },
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, child);
  return {
    settings: { endpoint, region: 'us-east-1', ...credentials },
    stop: async () => {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`);
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await pause(50);
  }
  throw new Error('versitygw does not answer');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
