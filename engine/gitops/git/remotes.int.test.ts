// Repositories behind a real sshd and behind git's own HTTP backend: credentials that are right, wrong and missing.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { testPort } from '../../devserver/test-port.ts';
import { type GitOriginSettings, gitOrigin } from '../sources/git-origin.ts';
import { TestRepository } from './test-repository.ts';

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

const sshd = '/usr/sbin/sshd';

function withoutSshd(): string | false {
  if (process.platform === 'win32') return 'there is no sshd to test against';
  if (!existsSync(sshd)) return 'sshd is not installed here (Debian: openssh-server)';
  return false;
}

async function startSshd(t: TestContext, repository: TestRepository): Promise<number> {
  const at = (name: string) => path.join(repository.folder, name);
  for (const name of ['host_key', 'client_key', 'other_key'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  writeFileSync(at('authorized_keys'), readFileSync(at('client_key.pub')), { mode: 0o600 });
  const port = await testPort();
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(at('host_key.pub'), 'utf8')}`);
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host_key')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      `PidFile ${at('sshd.pid')}`,
    ].join('\n'),
  );
  // As root it insists on this folder.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(sshd, ['-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGTERM'));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (/listening on/i.test(said)) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd ended: ${said}`)));
  });
  return port;
}

test('ssh: with the key and the known host it is read; another key and an unknown host are refused', {
  skip: withoutSshd(),
}, async (t) => {
  const repository = new TestRepository(t);
  const id = repository.publish({ 'flows/a.yaml': 'a: 1\n' });
  const port = await startSshd(t, repository);
  const at = (name: string) => path.join(repository.folder, name);
  const url = `ssh://${userInfo().username}@127.0.0.1:${port}${repository.bare}`;
  const auth = { sshKey: at('client_key'), knownHosts: at('known_hosts') };
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

const backend = ['/usr/lib/git-core/git-http-backend', '/usr/libexec/git-core/git-http-backend'].find(
  existsSync,
);

/** git's own CGI behind node:http, as its documentation has it behind a web server; asks for a password when there is one. */
async function startHttp(t: TestContext, repository: TestRepository, password?: string) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    const wanted = `Basic ${Buffer.from(`git:${password}`).toString('base64')}`;
    if (password !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    if (request.url?.startsWith('/moved/')) {
      response.writeHead(302, { location: request.url.replace('/moved/', '/') }).end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? '/', 'http://x');
    const child = spawn(backend ?? '', [], {
      env: {
        GIT_PROJECT_ROOT: repository.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
        PATH: process.env.PATH,
      },
    });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('close', () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf('\r\n\r\n');
      const lines = answer
        .toString('latin1', 0, end)
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]);
      const status = lines.find(([name]) => name === 'Status')?.[1] ?? '200';
      response.writeHead(
        Number.parseInt(status, 10),
        Object.fromEntries(lines.filter(([name]) => name !== 'Status')),
      );
      response.end(answer.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const withoutBackend = backend === undefined ? 'git-http-backend is not installed here' : false;

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
