// Finds a nats-server that is new enough on this machine, or fetches one into the user's cache.
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { cachedServerPath } from './cache.ts';
import { fetchServer } from './fetch-server.ts';

export interface FoundServer {
  readonly path: string;
  readonly version: string;
}

export interface FindOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** False: only look, fetch nothing. */
  readonly fetch?: boolean;
  readonly onProgress?: (line: string) => void;
}

export const minimumVersion = '2.14.0';
const run = promisify(execFile);

/** VRSKY_NATS_SERVER, PATH, the cache, then fetched. Throws VRS8007 that lists why each way failed. */
export async function findServer(options: FindOptions = {}): Promise<FoundServer> {
  const env = options.env ?? process.env;
  const named = env.VRSKY_NATS_SERVER;
  if (named !== undefined && named !== '') return requireServer(named, `VRSKY_NATS_SERVER names ${named}`);
  const why: string[] = [];
  for (const [place, file] of [...pathCandidates(env), ['the cache', cachedServerPath(env)] as const]) {
    const found = await examine(file);
    if (typeof found === 'object') return found;
    if (found !== 'absent') why.push(`${place}: ${found}`);
  }
  if (options.fetch === false) throw notFound(why);
  const fetched = await fetchServer(env, options.onProgress ?? (() => undefined));
  if (fetched.path !== undefined) return requireServer(fetched.path, 'the fetched nats-server');
  throw notFound([...why, ...fetched.failures]);
}

function notFound(why: readonly string[]): VrskyError {
  const reasons = why.length === 0 ? 'none is on PATH or in the cache' : `\n  - ${why.join('\n  - ')}`;
  return new VrskyError('VRS8007', `no nats-server ${minimumVersion} or newer: ${reasons}`, {
    help: 'Install nats-server from https://github.com/nats-io/nats-server/releases and put it on PATH, or name it: VRSKY_NATS_SERVER=/path/to/nats-server',
  });
}

function pathCandidates(
  env: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, string])[] {
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => [path.join(folder, name), path.join(folder, name)]);
}

async function requireServer(file: string, what: string): Promise<FoundServer> {
  const found = await examine(file);
  if (typeof found === 'object') return found;
  throw new VrskyError('VRS8007', `${what}: ${found === 'absent' ? 'there is no such file' : found}`);
}

/** The server, `absent`, or why it will not do. */
export async function examine(file: string): Promise<FoundServer | string> {
  try {
    await access(file, constants.X_OK);
  } catch {
    return 'absent';
  }
  try {
    const { stdout, stderr } = await run(file, ['--version'], { timeout: 10_000 });
    const version = /v?(\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1];
    if (version === undefined) return `does not say its version: ${(stdout + stderr).slice(0, 100)}`;
    return isAtLeast(version, minimumVersion)
      ? { path: file, version }
      : `is version ${version}, older than ${minimumVersion}`;
  } catch (error) {
    return `does not run: ${(error as Error).message.split('\n')[0]}`;
  }
}

export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [version, minimum].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let part = 0; part < 3; part++) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
