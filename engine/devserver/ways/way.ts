// What a way of fetching a nats-server is.
import { execFile } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export type Env = Readonly<Record<string, string | undefined>>;

export interface WayParts {
  /** An empty folder that is deleted afterwards. */
  readonly scratch: string;
  readonly env: Env;
  readonly onProgress: (line: string) => void;
}

/** Answers the path of an executable inside `scratch`. Throws with a first line that says why not. */
export type Way = (parts: WayParts) => Promise<string>;

const execute = promisify(execFile);

export interface RunOptions {
  readonly env: Env;
  readonly cwd?: string;
  readonly timeoutMs: number;
  /** Gets what the command prints, piece by piece. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command; throws with what it printed last. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<void> {
  try {
    const running = execute(command, [...args], {
      timeout: options.timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env as NodeJS.ProcessEnv,
    });
    if (options.onOutput !== undefined) running.child.stdout?.on('data', options.onOutput);
    await running;
  } catch (error) {
    const { code, killed, stderr, message } = error as {
      readonly code?: unknown;
      readonly killed?: boolean;
      readonly stderr?: string;
      readonly message: string;
    };
    if (code === 'ENOENT') throw new Error(`${command} is not installed`);
    if (killed === true) throw new Error(`${command} took longer than ${options.timeoutMs / 1000} s`);
    throw new Error(`${command} failed: ${stderr?.trim().split('\n').at(-1) || message.split('\n')[0]}`);
  }
}

/** The first file called `name` below a folder, made executable. */
export async function findFile(folder: string, name: string): Promise<string> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name !== name) continue;
    const file = path.join(entry.parentPath, entry.name);
    await chmod(file, 0o755);
    return file;
  }
  throw new Error(`there is no ${name} in it`);
}
