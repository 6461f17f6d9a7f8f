// Signatures by real ssh-keygen and gpg: who is trusted, and everything that is not enough.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { TestRepository } from '../git/test-repository.ts';
import { gitOrigin } from '../sources/git-origin.ts';
import type { TrustPolicy } from './trust-policy.ts';

const never = new AbortController().signal;

function has(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const withoutSsh = has('ssh-keygen') ? false : 'ssh-keygen is not installed here (Debian: openssh-client)';
const withoutGpg = has('gpg') ? false : 'gpg is not installed here (Debian: gnupg)';

class Signing {
  readonly repository: TestRepository;
  constructor(t: TestContext) {
    this.repository = new TestRepository(t);
  }

  /** Makes a key and answers its public half. */
  sshKey(name: string): string {
    const file = path.join(this.repository.folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return readFileSync(`${file}.pub`, 'utf8').trim();
  }

  allow(...lines: readonly string[]): string {
    const file = path.join(this.repository.folder, 'allowed_signers');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  }

  signBySsh(name: string): void {
    this.repository.git('config', 'gpg.format', 'ssh');
    this.repository.git('config', 'user.signingKey', path.join(this.repository.folder, `${name}.pub`));
  }

  async verify(policy: TrustPolicy, accepted?: string, ref = 'main') {
    const { url, folder } = this.repository;
    const origin = gitOrigin({
      url,
      ref,
      path: '',
      auth: {},
      timeoutMs: 60_000,
      maxRepositoryBytes: 64 * 1024 * 1024,
      allowForcePush: false,
      verify: policy,
      dataDirectory: path.join(folder, 'data'),
    });
    return origin.verify(await origin.fetch(accepted, never), accepted, never);
  }
}

test('SSH: a listed key is trusted; no signature, another key and an expired key are not', {
  skip: withoutSsh,
}, async (t) => {
  const signing = new Signing(t);
  const { repository } = signing;
  const ada = signing.sshKey('ada');
  const eve = signing.sshKey('eve');
  const trusting = (...lines: string[]): TrustPolicy => ({
    of: 'head',
    allowedSigners: signing.allow(...lines),
  });
  repository.publish({ 'a.yaml': '1' });
  await assert.rejects(signing.verify(trusting(`ada@example.com ${ada}`)), {
    code: 'VRS7010',
    retryable: false,
  });
  signing.signBySsh('ada');
  repository.publish({ 'a.yaml': '2' }, 'Signed', '-S');
  const [signer] = (await signing.verify(trusting(`ada@example.com namespaces="git" ${ada}`))) ?? [];
  assert.deepEqual([signer?.kind, signer?.name], ['ssh', 'ada@example.com']);
  const untrusted = { code: 'VRS7011', retryable: false };
  await assert.rejects(signing.verify(trusting(`eve@example.com ${eve}`)), untrusted);
  await assert.rejects(signing.verify(trusting(`ada@example.com namespaces="file" ${ada}`)), untrusted);
  await assert.rejects(signing.verify(trusting(`ada@example.com valid-after="21000101" ${ada}`)), untrusted);
  // The commit says that it was made while the key was valid: whoever holds an expired key may say so.
  const expired = `ada@example.com valid-after="20200101",valid-before="20240101" ${ada}`;
  const then = { GIT_COMMITTER_DATE: '2023-01-01T00:00:00Z' };
  repository.run(['commit', '--allow-empty', '-q', '-S', '-m', 'Backdated'], repository.work, then);
  repository.push();
  await assert.rejects(signing.verify(trusting(expired)), untrusted);
});

test('SSH: a changed commit with the signature of another is refused', { skip: withoutSsh }, async (t) => {
  const signing = new Signing(t);
  const { repository } = signing;
  const ada = signing.sshKey('ada');
  signing.signBySsh('ada');
  repository.publish({ 'a.yaml': '1' }, 'Signed', '-S');
  const forged = repository.git('cat-file', 'commit', 'HEAD').replace(/^Signed$/m, 'Forged');
  const file = path.join(repository.folder, 'commit');
  writeFileSync(file, `${forged}\n`);
  repository.git('reset', '--quiet', '--hard', repository.git('hash-object', '-t', 'commit', '-w', file));
  repository.push('--force', 'origin', 'main');
  const policy: TrustPolicy = { of: 'head', allowedSigners: signing.allow(`ada@example.com ${ada}`) };
  await assert.rejects(signing.verify(policy), { code: 'VRS7011' });
});

test('every: one unsigned commit among the new ones is refused, a signed head is not enough', {
  skip: withoutSsh,
}, async (t) => {
  const signing = new Signing(t);
  const { repository } = signing;
  const allowedSigners = signing.allow(`ada@example.com ${signing.sshKey('ada')}`);
  signing.signBySsh('ada');
  const first = repository.publish({ 'a.yaml': '1' }, 'One', '-S');
  repository.publish({ 'a.yaml': '2' }, 'Two, unsigned');
  repository.publish({ 'a.yaml': '3' }, 'Three', '-S');
  assert.equal((await signing.verify({ of: 'head', allowedSigners }, first))?.length, 1);
  await assert.rejects(signing.verify({ of: 'every', allowedSigners }, first), { code: 'VRS7010' });
  const third = repository.git('rev-parse', 'HEAD');
  repository.publish({ 'a.yaml': '4' }, 'Four', '-S');
  repository.publish({ 'a.yaml': '5' }, 'Five', '-S');
  assert.equal((await signing.verify({ of: 'every', allowedSigners }, third))?.length, 2);
});

test('tag: the annotated tag is what is signed, under its own name', { skip: withoutSsh }, async (t) => {
  const signing = new Signing(t);
  const { repository } = signing;
  const allowedSigners = signing.allow(`ada@example.com ${signing.sshKey('ada')}`);
  const policy: TrustPolicy = { of: 'tag', allowedSigners };
  signing.signBySsh('ada');
  repository.publish({ 'a.yaml': '1' });
  repository.git('tag', '-s', '-m', 'One', 'v1');
  repository.git('tag', 'light');
  repository.git('tag', '-a', '-m', 'Unsigned', 'v0');
  repository.git('update-ref', 'refs/tags/v2', 'refs/tags/v1');
  repository.push('origin', '--tags');
  assert.equal((await signing.verify(policy, undefined, 'v1'))?.[0]?.name, 'ada@example.com');
  await assert.rejects(signing.verify(policy, undefined, 'light'), { code: 'VRS7010' });
  await assert.rejects(signing.verify(policy, undefined, 'v0'), { code: 'VRS7010' });
  await assert.rejects(signing.verify(policy, undefined, 'v2'), { code: 'VRS7011', message: /called v1/ });
});

test('OpenPGP: a listed fingerprint is trusted; having the key is not enough, and it must not have expired', {
  skip: withoutGpg,
}, async (t) => {
  const signing = new Signing(t);
  const { repository } = signing;
  const home = path.join(repository.folder, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...args: string[]) =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
  t.after(() => execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' }));
  const keyOf = (who: string) =>
    /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--fingerprint', who))?.[1] ?? '';
  gpg('--quick-gen-key', 'Ada <ada@example.com>', 'ed25519', 'sign', 'never');
  gpg(
    '--faked-system-time',
    '20230101T000000',
    '--quick-gen-key',
    'Old <old@example.com>',
    'ed25519',
    'sign',
    '30d',
  );
  const keys = path.join(repository.folder, 'keys.asc');
  writeFileSync(keys, gpg('--armor', '--export'));
  const ada = keyOf('ada@example.com');
  const old = keyOf('old@example.com');
  const policy = (...fingerprints: string[]): TrustPolicy => ({
    of: 'head',
    openpgp: { keys, fingerprints },
  });
  repository.git('config', 'user.signingKey', ada);
  repository.publish({ 'a.yaml': '1' }, 'Signed', '-S');
  const [signer] = (await signing.verify(policy(ada))) ?? [];
  assert.deepEqual([signer?.kind, signer?.key], ['openpgp', ada]);
  const untrusted = { code: 'VRS7011', retryable: false };
  await assert.rejects(signing.verify(policy(old)), untrusted);
  await assert.rejects(signing.verify(policy(ada.slice(-16))), { code: 'VRS7012' });
  const faking = path.join(repository.folder, 'gpg-2023');
  writeFileSync(faking, '#!/bin/sh\nexec gpg --faked-system-time 20230102T000000 "$@"\n', { mode: 0o755 });
  repository.git('config', 'gpg.program', faking);
  repository.git('config', 'user.signingKey', old);
  repository.publish({ 'a.yaml': '2' }, 'By an expired key', '-S');
  await assert.rejects(signing.verify(policy(ada, old)), { ...untrusted, message: /its key has expired/ });
});

test('trust settings that cannot be used are said before anything is trusted', {
  skip: withoutSsh,
}, async (t) => {
  const signing = new Signing(t);
  signing.repository.publish({ 'a.yaml': '1' });
  const unusable = { code: 'VRS7012', retryable: false };
  await assert.rejects(signing.verify({ of: 'head', allowedSigners: '/nonexistent/allowed' }), unusable);
  await assert.rejects(signing.verify({ of: 'head', allowedSigners: signing.allow('# nobody') }), unusable);
});
