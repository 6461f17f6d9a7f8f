// Runs the real git: an environment of its own, bounded in time and output, ended together with everything that it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';

export interface GitRun {
  /** The bare repository; absent for commands that need none. */
  readonly repository?: string;
  /** Variables on top of {@link gitEnvironment}: credentials, allowed protocols. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly input?: Uint8Array | string;
  /** Output beyond this ends git with VRS7008. */
  readonly maxOutputBytes?: number;
  /** Bounds every file that git writes; a pack is one file. */
  readonly maxFileBytes?: number;
  /** Gets the output as it comes instead of gathering it; false ends git early, which is no failure. */
  readonly onOutput?: (chunk: Buffer) => boolean;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** The last 16 KiB. */
  readonly stderr: string;
}

const defaultOutputBytes = 16 * 1024 * 1024;
const stderrBytes = 16 * 1024;

/** What of our own environment git may see: how to reach the network, never what configures git. */
const inherited = [
  'PATH',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSH_AUTH_SOCK',
];

/**
 * Settings that a fetched repository, a user's or the machine's git configuration must not change. No hooks, no submodules, no
 * prompts, no protocol but those that a caller allows, no file system monitor, nothing fetched on demand.
 */
const fixedConfiguration: readonly (readonly [key: string, value: string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.bigFileThreshold', '1m'],
  ['core.pager', 'cat'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.unpackLimit', '1'],
  ['transfer.bundleURI', 'false'],
  ['protocol.allow', 'never'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '100'],
  ['http.lowSpeedTime', '30'],
  ['gc.autoDetach', 'false'],
  ['maintenance.autoDetach', 'false'],
];

/** The whole environment of a git process. */
export function gitEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(own),
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: '',
    ...more,
  };
}

/** The arguments with which every git starts. */
export function gitArguments(repository: string | undefined, args: readonly string[]): readonly string[] {
  return [
    ...(repository === undefined ? [] : ['--git-dir', repository]),
    ...fixedConfiguration.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ...args,
  ];
}

/**
 * Resolves with whatever exit code git had. Throws VRS7001 without git, VRS7002 (retryable) when it takes too long, VRS7008 when it
 * says too much; and what the signal says when that aborts.
 */
export async function runGit(args: readonly string[], run: GitRun): Promise<GitAnswer> {
  run.signal.throwIfAborted();
  const child = start(args, run);
  const watch = new ChildWatch(child, args[0] ?? '', run);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(run.input ?? '');
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null];
    watch.throwIfEnded();
    if (killedBy === 'SIGXFSZ') throw tooLarge(run.maxFileBytes ?? 0);
    return { exitCode: code ?? 128, stdout: watch.stdout(), stderr: watch.stderr };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw gitMissing(error);
    throw error;
  } finally {
    watch.stop();
  }
}

/** With a bound on files, a shell sets it and becomes git. */
function start(args: readonly string[], run: GitRun): ChildProcess {
  const all = gitArguments(run.repository, args);
  const options = { env: gitEnvironment(run.env), detached: true, cwd: '/' } as const;
  if (run.maxFileBytes === undefined) return spawn('git', all, options);
  const blocks = Math.ceil(run.maxFileBytes / 512);
  const limited = 'ulimit -f "$1" && shift && command -v git >/dev/null && exec git "$@"; exit 127';
  return spawn('/bin/sh', ['-c', limited, 'sh', String(blocks), ...all], options);
}

class ChildWatch {
  readonly #child: ChildProcess;
  readonly #chunks: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.#end(this.#signal.reason);
  #size = 0;
  #ended: unknown;
  #enough = false;
  stderr = '';

  constructor(child: ChildProcess, verb: string, run: GitRun) {
    this.#child = child;
    this.#signal = run.signal;
    const limit = run.maxOutputBytes ?? defaultOutputBytes;
    this.#timer = setTimeout(() => this.#end(tookTooLong(verb, run.timeoutMs)), run.timeoutMs);
    run.signal.addEventListener('abort', this.#onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      if (this.#enough) return;
      if (run.onOutput !== undefined) {
        if (run.onOutput(chunk)) return;
        this.#enough = true;
        killGroup(child);
        return;
      }
      this.#size += chunk.length;
      if (this.#size > limit) this.#end(saidTooMuch(verb, limit));
      else this.#chunks.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString('utf8')).slice(-stderrBytes);
    });
  }

  throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  stdout(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #end(reason: unknown): void {
    this.#ended ??= reason;
    killGroup(this.#child);
  }
}

/** Git starts ssh and helpers of its own: all of them end. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

export function gitMissing(cause?: unknown): VrskyError {
  return new VrskyError('VRS7001', 'git is not installed here: no `git` on the PATH', {
    cause,
    help: 'Install git 2.34 or newer (Debian: `apt-get install git`), or sync from a directory or a bucket.',
  });
}

function tookTooLong(verb: string, timeoutMs: number): VrskyError {
  const seconds = Math.round(timeoutMs / 100) / 10;
  return new VrskyError('VRS7002', `git ${verb} did not finish within ${seconds} s and was ended`, {
    retryable: true,
    help: 'Can the server be reached from here? A large repository may need a longer `timeout`.',
  });
}

function saidTooMuch(verb: string, limit: number): VrskyError {
  return new VrskyError('VRS7008', `git ${verb} answered with more than ${limit} bytes`, {
    help: 'The repository is too large for a source of flows.',
  });
}

export function tooLarge(limit: number): VrskyError {
  return new VrskyError('VRS7008', `the repository is larger than ${Math.round(limit / 1024 / 1024)} MiB`, {
    help: 'Keep flows in a repository of their own, or raise `limits.repository`.',
  });
}
