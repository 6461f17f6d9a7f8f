// The whole loop over each way to a repository: commits applied and reverted, forced and untrusted ones refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { startHttp, withoutBackend } from './git/test-http-backend.ts';
import type { TestRepository } from './git/test-repository.ts';
import { startSshd, withoutSshd } from './git/test-sshd.ts';
import { type GitSpec, manifest, never, setUpSource } from './test-source.ts';

type Access = Pick<GitSpec, 'url' | 'auth'>;

/** Ada's key is allowed, Eve's is not. */
class Signers {
  readonly allowed: string;
  readonly #repository: TestRepository;

  constructor(repository: TestRepository) {
    this.#repository = repository;
    this.allowed = path.join(repository.folder, 'allowed_signers');
    for (const name of ['ada', 'eve'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', this.#key(name)]);
    repository.git('config', 'gpg.format', 'ssh');
    this.allow('ada@example.com');
  }

  /** `options` as in allowed_signers: until when it is valid and the like. */
  allow(who: string): void {
    writeFileSync(this.allowed, `${who} ${readFileSync(`${this.#key('ada')}.pub`, 'utf8')}`);
  }

  /** By nobody when absent. */
  sign(name?: 'ada' | 'eve'): void {
    this.#repository.git('config', 'commit.gpgSign', String(name !== undefined));
    if (name !== undefined) this.#repository.git('config', 'user.signingKey', `${this.#key(name)}.pub`);
  }

  #key(name: string): string {
    return path.join(this.#repository.folder, `key_${name}`);
  }
}

async function wholeLoop(t: TestContext, reach: (repository: TestRepository) => Promise<Access>) {
  const { repository, open, programs, conditions } = await setUpSource(t);
  const access = await reach(repository);
  const signers = new Signers(repository);
  const source = open({ ...access, verify: { of: 'head', allowedSigners: signers.allowed } });
  const publish = (text: string) => repository.publish({ 'flows/a.yaml': manifest('a', text) });
  const passesWith = async (text: string) => {
    const { problem, signers: by } = await source.once(never);
    assert.deepEqual({ problem, by }, { problem: undefined, by: ['ada@example.com'] });
    assert.deepEqual(await programs(), { a: text });
  };
  const refuses = async (code: string, running: string) => {
    const { outcome, problem } = await source.once(never);
    assert.deepEqual([outcome, problem?.code], ['terminal', code], problem?.message);
    assert.deepEqual(await programs(), { a: running });
    assert.match((await conditions()).Stalled ?? '', /^True /);
  };
  signers.sign('ada');
  publish('one');
  await passesWith('one');
  publish('two');
  await passesWith('two');
  repository.git('revert', '--no-edit', 'HEAD');
  repository.push();
  await passesWith('one');
  signers.sign();
  publish('unsigned');
  await refuses('VRS7010', 'one');
  signers.sign('eve');
  publish('by eve');
  await refuses('VRS7011', 'one');
  signers.sign('ada');
  signers.allow('ada@example.com valid-before="20200101"');
  publish('by a key that has expired');
  await refuses('VRS7011', 'one');
  signers.allow('ada@example.com');
  repository.git('reset', '--quiet', '--hard', 'HEAD~4');
  repository.write('flows/a.yaml', manifest('a', 'forced'));
  repository.commit('Forced');
  repository.push('--force', 'origin', 'main');
  await refuses('VRS7006', 'one');
}

test('file: commits are applied and reverted; untrusted and forced ones are refused', (t) =>
  wholeLoop(t, async ({ url }) => ({ url })));

test(
  'ssh: commits are applied and reverted; untrusted and forced ones are refused',
  {
    skip: withoutSshd(),
  },
  (t) => wholeLoop(t, (repository) => startSshd(t, repository)),
);

test(
  'http: commits are applied and reverted; untrusted and forced ones are refused',
  {
    skip: withoutBackend,
  },
  (t) =>
    wholeLoop(t, async (repository) => {
      const { base } = await startHttp(t, repository, 's3cret');
      return { url: `${base}/flows.git`, auth: { token: 's3cret' } };
    }),
);
