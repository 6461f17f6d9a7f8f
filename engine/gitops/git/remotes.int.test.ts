// Repositories behind a real sshd and behind git's own HTTP backend: credentials that are right, wrong and missing.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type GitOriginSettings, gitOrigin } from '../sources/git-origin.ts';
import { startHttp, withoutBackend } from './test-http-backend.ts';
import { TestRepository } from './test-repository.ts';
import { startSshd, withoutSshd } from './test-sshd.ts';

const never = new AbortController().signal;

function originOf(repository: TestRepository, more: Partial<GitOriginSettings>) {
  return gitOrigin({
    url: repository.url,
    ref: 'main',
    path: 'flows',
    auth: {},
    timeoutMs: 60_000,
    maxRepositoryBytes: 64 * 1024 * 1024,
    allowForcePush: false,
    dataDirectory: path.join(repository.folder, 'data'),
    ...more,
  });
}

test('ssh: with the key and the known host it is read; another key and an unknown host are refused', {
  skip: withoutSshd(),
}, async (t) => {
  const repository = new TestRepository(t);
  const id = repository.publish({ 'flows/a.yaml': 'a: 1\n' });
  const { url, auth } = await startSshd(t, repository);
  const at = (name: string) => path.join(repository.folder, name);
  const origin = originOf(repository, { url, auth });
  const revision = await origin.fetch(undefined, never);
  assert.equal(revision.id, id);
  assert.equal((await origin.read(revision, never)).sources.length, 1);
  const refused = { code: 'VRS7004', retryable: true };
  const wrongKey = originOf(repository, { url, auth: { ...auth, sshKey: at('other_key') } });
  await assert.rejects(wrongKey.fetch(undefined, never), { ...refused, message: /Permission denied/ });
  writeFileSync(at('empty'), '');
  const unknownHost = originOf(repository, { url, auth: { ...auth, knownHosts: at('empty') } });
  await assert.rejects(unknownHost.fetch(undefined, never), { ...refused, help: /known_hosts/ });
});

test('http: a token is given when it is asked for, never before, and never to another address', {
  skip: withoutBackend,
}, async (t) => {
  const repository = new TestRepository(t);
  const id = repository.publish({ 'flows/a.yaml': 'a: 1\n' });
  const { base, seen } = await startHttp(t, repository, 's3cret');
  const url = `${base}/flows.git`;
  const origin = originOf(repository, { url, auth: { token: 's3cret' } });
  assert.equal((await origin.fetch(undefined, never)).id, id);
  assert.equal(seen[0], undefined);
  const refused = { code: 'VRS7004', retryable: true, help: /VRSKY_GIT_TOKEN/ };
  await assert.rejects(
    originOf(repository, { url, auth: { token: 'wrong' } }).fetch(undefined, never),
    (error: Error) => {
      assert.doesNotMatch(error.message, /wrong/);
      return (error as { code?: string }).code === 'VRS7004';
    },
  );
  await assert.rejects(originOf(repository, { url }).fetch(undefined, never), refused);
  const moved = originOf(repository, { url: `${base}/moved/flows.git`, auth: { token: 's3cret' } });
  await assert.rejects(moved.fetch(undefined, never), {
    code: 'VRS7004',
    help: /Redirects are not followed/,
  });
  assert.throws(() => originOf(repository, { url: 'http://git.example.com/x.git', auth: { token: 'x' } }), {
    code: 'VRS7003',
  });
});

test('http: a helper answers, and what is not there is said', { skip: withoutBackend }, async (t) => {
  const repository = new TestRepository(t);
  const id = repository.publish({ 'flows/a.yaml': 'a: 1\n' });
  const { base } = await startHttp(t, repository, 's3cret');
  const helper = path.join(repository.folder, 'helper');
  writeFileSync(helper, '#!/bin/sh\ntest "$1" = get && echo username=git && echo password=s3cret\n', {
    mode: 0o755,
  });
  const origin = originOf(repository, { url: `${base}/flows.git`, auth: { helper } });
  assert.equal((await origin.fetch(undefined, never)).id, id);
  const none = originOf(repository, { url: `${base}/none.git`, auth: { helper } });
  await assert.rejects(none.fetch(undefined, never), { code: 'VRS7004', retryable: true });
});
