// The engine as a process of its own: started with the command line, killed without warning.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');
/** What `npm run build` makes of it: what is published. */
const builtCli = path.resolve(import.meta.dirname, '../../dist/bin/vrsky.js');

export interface EngineOptions {
  readonly server: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Runs what was built instead of the sources: stripping types takes memory. */
  readonly built?: boolean;
  /** More arguments for `vrsky run`. */
  readonly args?: readonly string[];
  /** How many workers to wait for; 1 when absent. */
  readonly workers?: number;
}

/** Runs a verb to its end; throws with what it said when it fails. */
export async function vrsky(args: readonly string[], options: EngineOptions): Promise<string> {
  const child = spawnCli(args, options);
  let output = '';
  let narration = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (narration += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`vrsky ${args.join(' ')} ended with ${code}: ${narration}`);
  return output;
}

/** A `vrsky run` that can be killed and started again. */
export class EngineProcess {
  readonly #options: EngineOptions;
  #child: ChildProcess | undefined;
  #awaited: { readonly pattern: RegExp; readonly resolve: () => void }[] = [];
  kills = 0;
  /** What the engines logged, newest last, bounded. */
  log = '';

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Resolves when the worker says that it runs. */
  async start(): Promise<void> {
    const { args = [], workers = 1 } = this.#options;
    const child = spawnCli(['run', '--log-level', 'info', ...args], this.#options);
    this.#child = child;
    const killWithUs = () => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    let running = 0;
    await new Promise<void>((resolve, reject) => {
      // By lines: a chunk may end in the middle of one.
      createInterface({ input: child.stderr as Readable }).on('line', (line) => {
        this.log = `${this.log}${line}\n`.slice(-20_000);
        this.#hear(line);
        if (/worker \S+ is running/.test(line)) running++;
        if (running >= workers) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the engine ended with ${code}: ${this.log}`)));
    });
  }

  /** SIGSTOP, SIGCONT, SIGHUP and the like. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves when the log says this, from now on. */
  says(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => this.#awaited.push({ pattern, resolve }));
  }

  async kill(): Promise<void> {
    this.kills++;
    await this.#end('SIGKILL');
  }

  /** SIGTERM: drains. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resident memory, from /proc (Linux). */
  memoryBytes(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }

  /** How long its main thread has waited for a processor that others had, from /proc (Linux). 0 when it does not run. */
  waitedMs(): number {
    try {
      return Number(readFileSync(`/proc/${this.#child?.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
    } catch {
      return 0;
    }
  }

  /** User and system time so far, from /proc (Linux; 100 ticks a second). */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child?.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  #hear(line: string): void {
    for (const { resolve } of this.#awaited.filter(({ pattern }) => pattern.test(line))) resolve();
    this.#awaited = this.#awaited.filter(({ pattern }) => !pattern.test(line));
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

function spawnCli(args: readonly string[], { server, env, cwd, built }: EngineOptions): ChildProcess {
  return spawn(process.execPath, [built === true ? builtCli : cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, VRSKY_SERVER: server, NO_COLOR: '1', ...env },
  });
}
