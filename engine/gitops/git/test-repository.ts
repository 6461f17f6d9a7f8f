// Real git repositories for tests: a bare one to sync from, and a clone of it to commit in.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

export class TestRepository {
  readonly folder: string;
  readonly bare: string;
  readonly work: string;

  constructor(t: Pick<TestContext, 'after'>) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'vrsky-git-'));
    this.bare = path.join(this.folder, 'flows.git');
    this.work = path.join(this.folder, 'work');
    t.after(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 }));
    mkdirSync(this.work);
    this.run(['init', '--bare', '--quiet', '--initial-branch=main', this.bare]);
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('remote', 'add', 'origin', this.bare);
  }

  get url(): string {
    return `file://${this.bare}`;
  }

  /** In the clone. Answers what git printed. */
  git(...args: readonly string[]): string {
    return this.run(args, this.work);
  }

  run(args: readonly string[], cwd = this.folder, more: Readonly<Record<string, string>> = {}): string {
    const env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GNUPGHOME: path.join(this.folder, 'gnupg'),
      ...more,
    };
    return execFileSync('git', [...args], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  write(file: string, text: string): void {
    const target = path.join(this.work, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Commits everything in the clone and answers the commit. */
  commit(message: string, ...options: readonly string[]): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', message, ...options);
    return this.git('rev-parse', 'HEAD');
  }

  push(...options: readonly string[]): void {
    this.git('push', '--quiet', ...(options.length === 0 ? ['origin', 'main'] : options));
  }

  /** Writes, commits and pushes at once. */
  publish(
    files: Readonly<Record<string, string>>,
    message = 'Change',
    ...options: readonly string[]
  ): string {
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    const id = this.commit(message, ...options);
    this.push();
    return id;
  }
}
