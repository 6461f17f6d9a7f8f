// A bare repository that follows one ref of a remote: fetching, history, and nothing that a checkout would do.
import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { type GitAuth, parseRemote, type Remote, remoteEnvironment } from './remote.ts';
import { type GitAnswer, type GitRun, gitMissing, runGit, tooLarge } from './run-git.ts';

export interface MirrorOptions {
  /** Of the bare repository; made when it is not there. One process uses it at a time. */
  readonly directory: string;
  readonly url: string;
  /** A branch, a tag, a full `refs/…` or a commit's 40 digits. */
  readonly ref: string;
  readonly auth: GitAuth;
  readonly timeoutMs: number;
  readonly maxRepositoryBytes: number;
}

/** Where the ref stands: the commit, and for an annotated tag the tag itself. */
export interface Tip {
  readonly commit: string;
  readonly tag?: { readonly id: string; readonly name: string };
}

const ownRef = 'refs/vrsky/tip';
const commitId = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const minimumGit = [2, 34] as const;

export class GitMirror {
  readonly #options: MirrorOptions;
  readonly #remote: Remote;
  readonly #environment: Readonly<Record<string, string>>;
  #isReady = false;

  /** Throws VRS7003 for an address, credentials or a ref that are not taken. */
  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#remote = parseRemote(options.url);
    this.#environment = remoteEnvironment(this.#remote, options.auth);
    requireRef(options.ref);
  }

  /** Brings what the ref stands at here. Nothing is transferred when it is here already. */
  async fetch(signal: AbortSignal): Promise<Tip> {
    await this.#prepare(signal);
    const found = await this.#lookUp(signal);
    if (!(await this.#has(found.id, signal))) await this.#transfer(found.refspec, signal);
    const commit = await this.#commitOf(found.id, signal);
    if (commit === found.id || found.tagName === undefined) return { commit };
    return { commit, tag: { id: found.id, name: found.tagName } };
  }

  /** Whether `older` is an ancestor of `newer`; false when it is not here at all: its history was rewritten. */
  async isAncestor(older: string, newer: string, signal: AbortSignal): Promise<boolean> {
    if (!(await this.#has(older, signal))) return false;
    const { exitCode } = await this.run(['merge-base', '--is-ancestor', older, newer], signal);
    return exitCode === 0;
  }

  /** Commits that `newer` has and `older` has not, newest first, at most `limit` + 1. */
  async commitsBetween(
    older: string,
    newer: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const args = ['rev-list', `--max-count=${limit + 1}`, newer, `^${older}`, '--'];
    const { stdout } = await this.#mustRun(args, signal);
    return stdout.toString('utf8').split('\n').filter(Boolean);
  }

  /** Any exit code is an answer. Never reaches the network. */
  run(args: readonly string[], signal: AbortSignal, more: Partial<GitRun> = {}): Promise<GitAnswer> {
    const { directory: repository, timeoutMs } = this.#options;
    return runGit(args, { repository, timeoutMs, signal, ...more });
  }

  /** An empty repository with our configuration; what a killed git left behind is cleared away. */
  async #prepare(signal: AbortSignal): Promise<void> {
    if (this.#isReady) return;
    const { directory, timeoutMs } = this.#options;
    await requireVersion(timeoutMs, signal);
    if (!existsSync(path.join(directory, 'HEAD'))) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const made = await runGit(['init', '--bare', '--quiet', '--template=', directory], {
        timeoutMs,
        signal,
      });
      if (made.exitCode !== 0) throw this.#failure('init', made);
    }
    this.#clear('{HEAD,packed-refs,shallow,config,refs/**/*}.lock');
    this.#isReady = true;
  }

  #clear(pattern: string): void {
    const { directory } = this.#options;
    for (const file of globSync(pattern, { cwd: directory }))
      rmSync(path.join(directory, file), { force: true });
  }

  async #lookUp(signal: AbortSignal): Promise<{ id: string; refspec: string; tagName?: string }> {
    const { ref } = this.#options;
    if (commitId.test(ref)) return { id: ref, refspec: `+${ref}:${ownRef}` };
    const candidates = ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
    const answer = await this.#reach(['ls-remote', '--', this.#remote.url, ...candidates], signal);
    const refs = new Map(
      answer.stdout
        .toString('utf8')
        .split('\n')
        .map((line) => line.split('\t'))
        .map(([id = '', name = '']) => [name, id] as const),
    );
    for (const name of candidates) {
      const id = refs.get(name);
      if (id === undefined || !commitId.test(id)) continue;
      const tagName = /^refs\/tags\/(.+)$/.exec(name)?.[1];
      return { id, refspec: `+${name}:${ownRef}`, ...(tagName === undefined ? {} : { tagName }) };
    }
    throw await this.#noSuchRef(signal);
  }

  async #noSuchRef(signal: AbortSignal): Promise<VrskyError> {
    const { ref, url } = this.#options;
    const heads = await this.#reach(['ls-remote', '--heads', '--', this.#remote.url], signal);
    const names = [...heads.stdout.toString('utf8').matchAll(/\trefs\/heads\/(.+)$/gm)].map(
      (match) => match[1],
    );
    const help =
      names.length === 0
        ? 'It has no branches: push one.'
        : `Its branches are ${names.slice(0, 10).join(', ')}.`;
    return new VrskyError('VRS7005', `${url} has no branch or tag ${ref}`, { help });
  }

  async #transfer(refspec: string, signal: AbortSignal): Promise<void> {
    const { maxRepositoryBytes: maxFileBytes } = this.#options;
    const flags = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--force'];
    try {
      await this.#reach(['fetch', ...flags, '--', this.#remote.url, refspec], signal, { maxFileBytes });
    } finally {
      this.#clear('objects/pack/tmp_*');
      this.#clear('{HEAD,packed-refs,shallow,config,refs/**/*}.lock');
    }
  }

  async #has(id: string, signal: AbortSignal): Promise<boolean> {
    return (await this.run(['cat-file', '-e', `${id}^{commit}`], signal)).exitCode === 0;
  }

  async #commitOf(id: string, signal: AbortSignal): Promise<string> {
    const { stdout } = await this.#mustRun(
      ['rev-parse', '--verify', '--end-of-options', `${id}^{commit}`],
      signal,
    );
    return stdout.toString('utf8').trim();
  }

  async #mustRun(args: readonly string[], signal: AbortSignal): Promise<GitAnswer> {
    const answer = await this.run(args, signal);
    if (answer.exitCode !== 0) throw this.#failure(args[0] ?? '', answer);
    return answer;
  }

  async #reach(args: readonly string[], signal: AbortSignal, more: Partial<GitRun> = {}): Promise<GitAnswer> {
    const answer = await this.run(args, signal, { env: this.#environment, ...more });
    if (answer.exitCode !== 0) throw this.#failure(args[0] ?? '', answer);
    return answer;
  }

  #failure(verb: string, { exitCode, stderr }: GitAnswer): VrskyError {
    const { url, maxRepositoryBytes } = this.#options;
    if (exitCode === 127) return gitMissing();
    if (/signal 25|file size limit|file too large/i.test(stderr)) return tooLarge(maxRepositoryBytes);
    return new VrskyError('VRS7004', `git ${verb} of ${url} failed: ${lastWords(stderr)}`, {
      retryable: true,
      ...(helpFor(stderr) === undefined ? {} : { help: helpFor(stderr) as string }),
    });
  }
}

function requireRef(ref: string): void {
  // The rules of git check-ref-format, and nothing that git could take for an option or an expression.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  const isBad = /^[-/.]|\.\.|@\{|\/\/|[\u0000-\u0020\u007f~^:?*[\\]|(?:\.lock|[/.])$|^@$|^$/.test(ref);
  if (isBad)
    throw new VrskyError('VRS7003', `${JSON.stringify(ref)} is no ref`, {
      help: 'Name a branch, a tag, or a commit.',
    });
}

async function requireVersion(timeoutMs: number, signal: AbortSignal): Promise<void> {
  const { stdout } = await runGit(['version'], { timeoutMs, signal });
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout.toString('utf8')) ?? [];
  const [wantedMajor, wantedMinor] = minimumGit;
  if (Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)) return;
  throw new VrskyError('VRS7001', `git ${major}.${minor} is too old: ${minimumGit.join('.')} is needed`, {
    help: 'Older ones cannot check SSH signatures.',
  });
}

/** What git adds to the words of ssh. */
const noise =
  /^(?:hint: |warning: |fatal: Could not read from remote repository|Please make sure you have|and the repository exists)/;

/** What git said last that is of use, without control characters of a server. */
function lastWords(stderr: string): string {
  const lines = stderr
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !noise.test(line));
  const fatal =
    lines.findLast((line) => /fatal:|error:|denied|failed|refused|ERROR/.test(line)) ?? lines.at(-1);
  return (fatal ?? 'it said nothing').trim().slice(0, 500);
}

function helpFor(stderr: string): string | undefined {
  if (/host key verification failed/i.test(stderr))
    return 'Put the host into known_hosts: `ssh-keyscan HOST >> known_hosts`, checked against what the host publishes.';
  if (
    /authentication failed|permission denied|could not read (?:username|password)|terminal prompts|\b40[13]\b/i.test(
      stderr,
    )
  )
    return 'Give a key (`sshKey`, --ssh-key), a token (`token`, VRSKY_GIT_TOKEN) or a helper that may read it.';
  if (/redirect|returned error: 30\d/i.test(stderr))
    return 'Redirects are not followed: write the address that it leads to.';
  if (/dubious ownership/i.test(stderr)) return 'The repository belongs to another user of this machine.';
  return undefined;
}
