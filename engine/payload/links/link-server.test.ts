// Links to payloads: each works once, until it expires, and leads nowhere else.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { MemoryBucket } from '../../runtime/test-payloads.ts';
import { PayloadDepot } from '../depot.ts';
import { PayloadHolders } from '../holders.ts';
import { diskStore } from '../stores/disk/disk-store.ts';
import { linkIssuer } from './link-issuer.ts';
import { linkKey } from './link-key.ts';
import { startLinkServer } from './link-server.ts';

const signal = new AbortController().signal;
const hour = 3_600_000;

async function* chunks(count: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let index = 0; index < count; index++) yield await Promise.resolve(Buffer.alloc(100_000, index));
}

/** A store on disk, a server of links to it, and a link to a payload in it. */
async function setUp(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-links-'));
  const bucket = new MemoryBucket();
  const depot = new PayloadDepot(
    new Map([['_disk', diskStore(folder)]]),
    new PayloadHolders(() => Promise.resolve(bucket)),
  );
  const secret = await linkKey(new MemoryBucket());
  let nowMs = Date.now();
  const now = () => nowMs;
  const options = { host: '127.0.0.1', port: 0, secret, now, log: () => undefined };
  const server = await startLinkServer({ ...options, depot });
  const servers = [server];
  /** Of another worker, with its own view of the same bucket and folder. */
  const another = async () => {
    const holders = new PayloadHolders(() => Promise.resolve(bucket));
    const own = new PayloadDepot(new Map([['_disk', diskStore(folder)]]), holders);
    servers.push(await startLinkServer({ ...options, depot: own }));
    return servers.at(-1)?.origin ?? '';
  };
  t.after(async () => {
    for (const one of servers) await one.close(0);
    await rm(folder, { recursive: true, force: true });
  });
  depot.issuer = linkIssuer(server.origin, secret);
  const store = async (count: number, contentType = 'text/csv') => {
    const description = { store: '_disk', flow: 'orders', contentType, expiresAt: nowMs + hour };
    return depot.store(description, chunks(count), ['delivery'], signal);
  };
  const reference = await store(5);
  const link = (holder = 'link/1/out') => depot.link(reference, holder, nowMs + hour);
  return {
    folder,
    bucket,
    depot,
    server,
    another,
    reference,
    store,
    link,
    pass: (ms: number) => (nowMs += ms),
  };
}

/** The same link at another worker. */
const at = (url: string) => (origin: string) => url.replace(new URL(url).origin, origin);

test('a link gives the payload, whole and as what it is, and works once', async (t) => {
  const { link, depot, reference } = await setUp(t);
  const url = await link();
  const head = await fetch(url, { method: 'HEAD' });
  assert.equal(head.status, 200);
  const answer = await fetch(url);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/csv');
  assert.equal(answer.headers.get('content-disposition'), 'attachment');
  assert.equal((await answer.arrayBuffer()).byteLength, 500_000);
  while ((await depot.holders.find(reference.key))?.holders.includes('link/1/out') === true)
    await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await fetch(url)).status, 410);
});

test('the object stays for the link when its delivery is over, and another link is of its own', async (t) => {
  const { link, depot, reference } = await setUp(t);
  const [first, second] = [await link('link/1/a'), await link('link/1/b')];
  await depot.holders.release(reference, 'delivery');
  assert.deepEqual((await depot.holders.find(reference.key))?.holders, ['link/1/a', 'link/1/b']);
  await (await fetch(first)).arrayBuffer();
  assert.equal((await fetch(second)).status, 200);
});

test('a link stops at its expiry', async (t) => {
  const { link, pass } = await setUp(t);
  const url = await link();
  pass(hour - 1);
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 200);
  pass(1);
  assert.equal((await fetch(url)).status, 410);
});

test('a link that was altered anywhere leads nowhere', async (t) => {
  const { link, store, server } = await setUp(t);
  const url = await link();
  const other = await store(1);
  const token = url.slice(url.lastIndexOf('/') + 1);
  const [body = '', mac = ''] = token.split('.');
  const said = JSON.parse(Buffer.from(body, 'base64url').toString());
  const resaid = (change: object) =>
    `${Buffer.from(JSON.stringify({ ...said, ...change })).toString('base64url')}.${mac}`;
  const altered = [
    resaid({ reference: other }),
    resaid({ until: said.until + hour }),
    resaid({ holder: 'link/2/out' }),
    body,
    `${body}.`,
    `${body}.${'A'.repeat(43)}`,
    `${body}.${mac}x`,
    `../${token}`,
    '',
  ];
  for (let at = 0; at < token.length; at += 7)
    altered.push(token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1));
  for (const wrong of altered)
    assert.equal((await fetch(`${server.origin}/payloads/${wrong}`)).status, 404, wrong);
  assert.equal((await fetch(url, { method: 'POST' })).status, 405);
  assert.equal((await fetch(url)).status, 200);
});

test('of many who ask at once one gets the payload', async (t) => {
  const { link } = await setUp(t);
  const url = await link();
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(url)));
  const statuses = answers.map(({ status }) => status);
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join(' '));
  for (const status of statuses) assert.ok([200, 409, 410].includes(status), statuses.join(' '));
});

test('of many who ask several workers at once one gets the payload', async (t) => {
  const { link, another, reference } = await setUp(t);
  const url = await link();
  const servers = [url, ...(await Promise.all([another(), another(), another()])).map(at(url))];
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) => fetch(servers[index % servers.length] as string)),
  );
  const statuses = answers.map(({ status }) => status);
  const bodies = await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join(' '));
  for (const status of statuses) assert.ok([200, 409, 410].includes(status), statuses.join(' '));
  assert.equal(bodies.filter(({ byteLength }) => byteLength === reference.size).length, 1);
});

test('what a crashed worker had begun another one hands out a minute later', async (t) => {
  const { link, another, depot, reference, pass } = await setUp(t);
  const url = await link();
  const crashed = { by: 'a worker that is gone', until: Date.now() + 60_000 };
  await depot.holders.change(
    reference.key,
    (entry) => entry && { ...entry, claims: { 'link/1/out': crashed } },
  );
  const other = at(url)(await another());
  assert.equal((await fetch(other)).status, 409);
  pass(61_000);
  assert.equal((await fetch(other)).status, 200);
});

test('a download that breaks off may be tried again', async (t) => {
  const { depot, store } = await setUp(t);
  const reference = await store(200);
  const url = await depot.link(reference, 'link/9/out', Date.now() + hour);
  const stop = new AbortController();
  const broken = await fetch(url, { signal: stop.signal });
  await broken.body?.getReader().read();
  stop.abort();
  let again = await fetch(url);
  while (again.status === 409) {
    await again.body?.cancel();
    again = await fetch(url);
  }
  assert.equal((await again.arrayBuffer()).byteLength, 20_000_000);
});

test('an object that was altered is never delivered as a whole', async (t) => {
  const { link, folder, reference } = await setUp(t);
  await writeFile(path.join(folder, reference.key), Buffer.alloc(reference.size, 'x'));
  await assert.rejects(async () => {
    const answer = await fetch(await link());
    if (answer.status !== 200) throw new Error(String(answer.status));
    await answer.arrayBuffer();
  });
});

test('an object that is gone is no answer for a browser to run', async (t) => {
  const { link, folder, reference } = await setUp(t);
  const url = await link();
  await rm(path.join(folder, reference.key));
  assert.equal((await fetch(url)).status, 500);
});

test('a folder signs no links, and an engine that serves none makes none', async (t) => {
  const { depot, reference } = await setUp(t);
  const refusal = { code: 'VRS8507', retryable: true };
  await assert.rejects(depot.link(reference, 'link/1/out', Date.now() + hour, { by: 'store' }), refusal);
  depot.issuer = undefined;
  await assert.rejects(depot.link(reference, 'link/1/out', Date.now() + hour), refusal);
});

test('all workers of a tenant sign with the same key', async () => {
  const bucket = new MemoryBucket();
  const [one, two] = await Promise.all([linkKey(bucket), linkKey(bucket)]);
  assert.deepEqual(one, two);
  assert.equal(one.byteLength, 32);
});
