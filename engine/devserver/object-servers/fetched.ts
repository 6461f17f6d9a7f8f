// Servers that tests need beyond the project's own packages: in the user's cache, put there when they are first needed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const cache = path.join(homedir(), '.cache', 'vrsky');
const installMs = 300_000;

/** Why a server cannot be had here: the reason for skipping its tests. */
export interface Missing {
  readonly missing: string;
}

export function isMissing<T extends object>(server: T | Missing): server is Missing {
  return 'missing' in server;
}

/** The folder of an npm package with everything it needs, installed when it is not there. */
export async function npmPackage(name: string, version: string): Promise<string | Missing> {
  const folder = path.join(cache, 'test-servers', `${name}-${version}`);
  const inside = path.join(folder, 'node_modules', name);
  if (existsSync(inside)) return inside;
  let scratch: string | undefined;
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    scratch = await mkdtemp(`${folder}.`);
    const args = ['install', '--prefix', scratch, '--no-audit', '--no-fund', '--ignore-scripts'];
    await promisify(execFile)('npm', [...args, `${name}@${version}`], { timeout: installMs });
    await rename(scratch, folder).catch((error: unknown) => {
      // Another test was faster.
      if (!existsSync(inside)) throw error;
    });
    return inside;
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n', 1);
    return { missing: `${name} cannot be installed from npm: ${line}` };
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

/** A Go program; building one takes minutes, so that is left to whoever wants its tests. */
export function goProgram(name: string, module: string): string | Missing {
  const file = path.join(cache, 'bin', name);
  if (existsSync(file)) return file;
  return { missing: `${name} is not there: GOBIN=~/.cache/vrsky/bin go install ${module}` };
}
