// Real S3 servers for tests: an emulator in this process, and versitygw where its binary is found.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startFauxqs } from 'fauxqs';
import { startChildServer } from '../child-server.ts';
import type { S3Settings } from './s3-settings.ts';

export interface S3Server {
  readonly settings: Omit<S3Settings, 'bucket'>;
  stop(): Promise<void>;
}

const credentials = { region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'testtesttest' };

export async function startEmulator(): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return { settings: { endpoint, ...credentials }, stop: () => server.stop() };
}

/** `GOBIN=~/.cache/vrsky/bin go install github.com/versity/versitygw/cmd/versitygw@latest` */
export async function startVersity(): Promise<S3Server | undefined> {
  const server = await startChildServer({
    binary: 'bin/versitygw',
    args: (port, folder) => {
      const data = path.join(folder, 'data');
      mkdirSync(data);
      return ['--port', `127.0.0.1:${port}`, 'posix', data];
    },
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
  });
  if (server === undefined) return undefined;
  return { settings: { endpoint: server.url, ...credentials }, stop: server.stop };
}
