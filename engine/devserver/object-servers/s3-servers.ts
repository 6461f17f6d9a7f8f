// Real S3 servers for tests: three implementations that share no code.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startFauxqs } from 'fauxqs';
import type { S3Settings } from '../../payload/stores/s3/s3-settings.ts';
import { type ChildServer, startChildServer } from './child-server.ts';
import { goProgram, isMissing, type Missing, npmPackage } from './fetched.ts';

export interface S3Server {
  readonly settings: Omit<S3Settings, 'bucket'>;
  /** Absent for the one within this process. */
  readonly child?: ChildServer;
  readonly checksCredentials: boolean;
  /** What it does not do as the service does. */
  readonly lacks: readonly ('conditions' | 'names' | 'uploads')[];
  stop(): Promise<void>;
}

const region = 'us-east-1';

/** Within this process; takes any credential. */
export async function startFauxS3(): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const settings = { endpoint, region, accessKeyId: 'test', secretAccessKey: 'testtesttest' };
  return { settings, checksCredentials: false, lacks: ['conditions'], stop: () => server.stop() };
}

/** From npm; looks at no signature, knows no tags, no list of uploads and no name with `+`, `;` or `&` in it, and copies whatever is there. */
export async function startS3rver(): Promise<S3Server | Missing> {
  const found = await npmPackage('s3rver', '3.7.1');
  if (typeof found !== 'string') return found;
  const child = await startChildServer({
    command: process.execPath,
    args: (port, folder) => [
      ...[path.join(found, 'bin/s3rver.js'), '--directory', path.join(folder, 'data'), '--silent'],
      ...['--address', '127.0.0.1', '--port', String(port), '--no-vhost-buckets'],
    ],
  });
  const settings = { endpoint: child.url, region, accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  return {
    settings,
    child,
    checksCredentials: false,
    lacks: ['conditions', 'names', 'uploads'],
    stop: child.stop,
  };
}

/** In Go; checks signatures and the expiry of links, knows everything that is used here. */
export async function startVersity(): Promise<S3Server | Missing> {
  const command = goProgram('versitygw', 'github.com/versity/versitygw/cmd/versitygw@latest');
  if (typeof command !== 'string') return command;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'testtesttest' };
  const child = await startChildServer({
    command,
    args: (port, folder) => {
      const [data, sidecar] = [path.join(folder, 'data'), path.join(folder, 'sidecar')];
      for (const made of [data, sidecar]) mkdirSync(made, { recursive: true });
      // As the services do, connections are used again. Where each part of an object ends is kept with it: an attribute of ext4 has room for some
      // 360 of them, a file for all.
      return ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', '--sidecar', sidecar, data];
    },
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
  });
  const settings = { endpoint: child.url, region, ...credentials };
  return { settings, child, checksCredentials: true, lacks: [], stop: child.stop };
}

/** One that can be killed: that in Go where it is, else the one from npm. */
export async function startMortalS3(): Promise<S3Server | Missing> {
  const versity = await startVersity();
  return isMissing(versity) ? startS3rver() : versity;
}
