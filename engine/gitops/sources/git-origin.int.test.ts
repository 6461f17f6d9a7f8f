// The git source against real git: what is fetched, what is refused, what a hostile repository cannot do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { TestRepository } from '../git/test-repository.ts';
import { type GitOriginSettings, gitOrigin } from './git-origin.ts';

const never = new AbortController().signal;
const flow = (name: string) => `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: ${name} }\n`;

function originOf(repository: TestRepository, more: Partial<GitOriginSettings> = {}) {
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

async function filesOf(repository: TestRepository, more: Partial<GitOriginSettings> = {}) {
  const origin = originOf(repository, more);
  const revision = await origin.fetch(undefined, never);
  return (await origin.read(revision, never)).sources.map(({ file }) => file);
}

test('manifests of the folder are read from the newest commit, without a checkout', async (t) => {
  const repository = new TestRepository(t);
  const first = repository.publish({
    'flows/a.yaml': flow('a'),
    'flows/deep/b.vrsky.yml': flow('b'),
    'flows/a.test.yaml': 'kind: Test',
    'flows/.hidden.yaml': 'x',
    'flows/notes.md': '#',
    'elsewhere.yaml': 'y',
  });
  const origin = originOf(repository);
  const revision = await origin.fetch(undefined, never);
  assert.deepEqual(revision, { id: first, label: `main@${first.slice(0, 12)}` });
  const { sources } = await origin.read(revision, never);
  assert.deepEqual(
    sources.map(({ file, text }) => [file, text]),
    [
      ['flows/a.yaml', flow('a')],
      ['flows/deep/b.vrsky.yml', flow('b')],
    ],
  );
  const second = repository.publish({ 'flows/a.yaml': flow('a2') });
  const next = await origin.fetch(first, never);
  assert.equal(next.id, second);
  assert.equal((await origin.read(next, never)).sources[0]?.text, flow('a2'));
  // The older one can still be read: it may be what is rolled back to.
  assert.equal((await origin.read(revision, never)).sources[0]?.text, flow('a'));
});

test('samples are read as of the commit, and nothing outside of the repository', async (t) => {
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': flow('a'), 'samples/one.json': '{"a":1}' });
  const origin = originOf(repository);
  const { readFile } = await origin.read(await origin.fetch(undefined, never), never);
  assert.equal(Buffer.from(readFile('flows/../samples/one.json')).toString(), '{"a":1}');
  assert.throws(() => readFile('../../etc/passwd'), /outside of the repository/);
  assert.throws(() => readFile('/etc/passwd'), /outside of the repository/);
  assert.throws(() => readFile('samples/none.json'), /no such file/);
});

test('a sample that a commit leaves alone is read once, one that it changes anew', async (t) => {
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': flow('a'), 'flows/one.json': '1', 'flows/two.json': '2' });
  const origin = originOf(repository);
  const read = async () => (await origin.read(await origin.fetch(undefined, never), never)).readFile;
  const before = await read();
  const [one, two] = [before('flows/one.json'), before('flows/two.json')];
  repository.publish({ 'flows/two.json': '3' });
  const after = await read();
  assert.equal(after('flows/one.json'), one);
  assert.equal(Buffer.from(after('flows/two.json')).toString(), '3');
  assert.equal(before('flows/two.json'), two);
  repository.git('rm', '--quiet', 'flows/one.json');
  repository.publish({});
  const readFile = await read();
  assert.throws(() => readFile('flows/one.json'), /no such file/);
});

test('tags, full refs and commits can be followed; what is not there is said with what is', async (t) => {
  const repository = new TestRepository(t);
  const id = repository.publish({ 'flows/a.yaml': flow('a') });
  repository.git('tag', '-a', '-m', 'one', 'v1');
  repository.push('origin', 'v1');
  for (const ref of ['v1', 'refs/heads/main', id])
    assert.equal((await originOf(repository, { ref }).fetch(undefined, never)).id, id);
  await assert.rejects(originOf(repository, { ref: 'prod' }).fetch(undefined, never), {
    code: 'VRS7005',
    retryable: false,
    help: 'Its branches are main.',
  });
});

test('history that was rewritten is refused, also by a mirror that never saw the old one', async (t) => {
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': flow('a') });
  const accepted = repository.publish({ 'flows/a.yaml': flow('b') });
  const origin = originOf(repository);
  await origin.fetch(undefined, never);
  repository.git('reset', '--quiet', '--hard', 'HEAD~1');
  const forced = repository.commit('Other');
  repository.push('--force', 'origin', 'main');
  const refused = { code: 'VRS7006', retryable: false };
  await assert.rejects(origin.fetch(accepted, never), refused);
  const fresh = { dataDirectory: path.join(repository.folder, 'other') };
  await assert.rejects(originOf(repository, fresh).fetch(accepted, never), refused);
  const allowed = await originOf(repository, { allowForcePush: true }).fetch(accepted, never);
  assert.equal(allowed.id, forced);
});

test('an address that would run a command, leak a password or be an option is refused', () => {
  for (const url of [
    'ext::sh -c touch% /tmp/owned',
    'ext::sh',
    'fd::17',
    'https://ada:secret@example.com/x.git',
    'git://example.com/x.git',
    '--upload-pack=touch',
    'ssh://-oProxyCommand=x/y',
    '',
    'flows',
  ]) {
    const refused = { code: 'VRS7003' };
    assert.throws(() => gitOrigin({ ...settings, url }), refused, url);
  }
  for (const ref of ['--upload-pack=x', 'a..b', 'a b', 'main~1', '', '/x', 'x.lock', 'a@{1}'])
    assert.throws(
      () => gitOrigin({ ...settings, url: 'https://example.com/x.git', ref }),
      { code: 'VRS7003' },
      ref,
    );
  assert.throws(() => gitOrigin({ ...settings, url: 'https://example.com/x', path: '../x' }), {
    code: 'VRS7009',
  });
});

const settings: GitOriginSettings = {
  url: '',
  ref: 'main',
  path: 'flows',
  auth: {},
  timeoutMs: 1000,
  maxRepositoryBytes: 1,
  allowForcePush: false,
  dataDirectory: '/nonexistent',
};

test('a link, a submodule or an unreadable name in place of a manifest is refused, never followed or skipped', async (t) => {
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': flow('a') });
  symlinkSync('/etc/passwd', path.join(repository.work, 'flows', 'evil.yaml'));
  repository.publish({});
  await assert.rejects(filesOf(repository), {
    code: 'VRS7007',
    message: /flows\/evil\.yaml is a symbolic link/,
  });
  repository.git('rm', '--quiet', 'flows/evil.yaml');
  repository.git(
    'update-index',
    '--add',
    '--cacheinfo',
    `160000,${repository.git('rev-parse', 'HEAD')},flows/sub`,
  );
  repository.git('commit', '--quiet', '-m', 'Submodule');
  repository.push();
  await assert.rejects(filesOf(repository), { code: 'VRS7007', message: /flows\/sub is a submodule/ });
  repository.git('rm', '--quiet', '--cached', 'flows/sub');
  writeFileSync(path.join(repository.work, 'flows', 'a\nb.yaml'), 'x');
  repository.publish({});
  await assert.rejects(filesOf(repository), { code: 'VRS7007', message: /not plain UTF-8/ });
});

test('hooks, configuration and attributes of the other side run nothing here', async (t) => {
  const repository = new TestRepository(t);
  const owned = path.join(repository.folder, 'owned');
  repository.write('.gitattributes', '* filter=evil diff=evil\n');
  repository.write('.gitmodules', `[submodule "x"]\n\tpath = x\n\turl = ext::touch ${owned}\n`);
  repository.publish({ 'flows/a.yaml': flow('a') });
  for (const hook of [
    'post-checkout',
    'reference-transaction',
    'post-merge',
    'fsmonitor-watchman',
    'pre-upload-pack',
  ]) {
    const file = path.join(repository.bare, 'hooks', hook);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\ntouch ${owned}\n`);
    chmodSync(file, 0o755);
  }
  repository.run(['--git-dir', repository.bare, 'config', 'core.fsmonitor', `touch ${owned}`]);
  repository.run([
    '--git-dir',
    repository.bare,
    'config',
    'uploadpack.packObjectsHook',
    `touch ${owned}; false`,
  ]);
  repository.run(['--git-dir', repository.bare, 'config', 'core.sshCommand', `touch ${owned}`]);
  assert.deepEqual(await filesOf(repository), ['flows/a.yaml']);
  assert.equal(existsSync(owned), false);
});

test('a repository beyond the limits is refused, and nothing of it stays behind', async (t) => {
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': flow('a'), 'flows/big.yaml': 'x'.repeat(1024 * 1024 + 1) });
  await assert.rejects(filesOf(repository), {
    code: 'VRS7008',
    message: /big\.yaml has more than 1048576 bytes/,
  });
  const noise = Buffer.alloc(256 * 1024);
  for (let at = 0, seed = 1; at < noise.length; at++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    noise[at] = seed >> 16;
  }
  writeFileSync(path.join(repository.work, 'noise.bin'), noise);
  repository.publish({});
  const small = { maxRepositoryBytes: 64 * 1024, dataDirectory: path.join(repository.folder, 'small') };
  await assert.rejects(filesOf(repository, small), { code: 'VRS7008', retryable: false });
  const left = readdirSync(small.dataDirectory, { recursive: true }) as string[];
  assert.deepEqual(
    left.filter((file) => file.includes('tmp_')),
    [],
  );
});

test('a tree that repeats itself without end is refused, however small it is', async (t) => {
  const repository = new TestRepository(t);
  const hash = (args: readonly string[], input: string) =>
    execFileSync('git', args, { cwd: repository.work, input, encoding: 'utf8' }).trim();
  let id = hash(['hash-object', '-w', '--stdin'], 'x');
  let kind = '100644 blob';
  for (let level = 0; level < 9; level++) {
    const entries = Array.from({ length: 10 }, (_, index) => `${kind} ${id}\t${index}.txt\n`);
    id = hash(['mktree'], entries.join(''));
    kind = '040000 tree';
  }
  const top = hash(['mktree'], `040000 tree ${id}\tflows\n`);
  const commit = repository.git('commit-tree', top, '-m', 'Bomb');
  repository.git('update-ref', 'refs/heads/main', commit);
  repository.push();
  await assert.rejects(filesOf(repository), { code: 'VRS7008', message: /more than 100000 files/ });
});

test('a server that is not there may be there later', async (t) => {
  const repository = new TestRepository(t);
  const gone = { url: `file://${repository.folder}/none.git` };
  await assert.rejects(originOf(repository, gone).fetch(undefined, never), {
    code: 'VRS7004',
    retryable: true,
  });
});

test('no git, an old git and a git that hangs are told apart', async (t) => {
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': flow('a') });
  const bin = path.join(repository.folder, 'bin');
  mkdirSync(bin);
  const before = process.env.PATH;
  t.after(() => {
    process.env.PATH = before;
  });
  process.env.PATH = bin;
  await assert.rejects(originOf(repository).fetch(undefined, never), {
    code: 'VRS7001',
    message: /not installed/,
  });
  const fake = (script: string) => {
    writeFileSync(path.join(bin, 'git'), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, 'git'), 0o755);
  };
  fake('echo git version 2.17.1');
  await assert.rejects(originOf(repository).fetch(undefined, never), { code: 'VRS7001', message: /too old/ });
  fake('while :; do /bin/sleep 1; done');
  const hanging = originOf(repository, { timeoutMs: 200 });
  await assert.rejects(hanging.fetch(undefined, never), { code: 'VRS7002', retryable: true });
});

test('what a killed git left behind does not stop the next one', async (t) => {
  const repository = new TestRepository(t);
  const id = repository.publish({ 'flows/a.yaml': flow('a') });
  await originOf(repository).fetch(undefined, never);
  const [name = ''] = readdirSync(path.join(repository.folder, 'data'));
  const mirror = path.join(repository.folder, 'data', name, 'mirror.git');
  writeFileSync(path.join(mirror, 'packed-refs.lock'), '');
  writeFileSync(path.join(mirror, 'refs', 'vrsky', 'tip.lock'), '');
  const next = repository.publish({ 'flows/a.yaml': flow('b') });
  assert.equal((await originOf(repository).fetch(id, never)).id, next);
});
