// How the HTTP consumer answers: stored, refused, forged, too large, too slow, too many.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  busy,
  type ConsumerRun,
  eventually,
  runConsumer,
  watchResources,
  within,
} from '../../../engine/connector/conformance.ts';
import { NotConnectedError, PermanentError } from '../../../engine/connector/index.ts';
import { testPort } from '../../../engine/devserver/test-port.ts';
import type { HttpConsumerConfig } from '../config.ts';
import { connector } from '../connector.ts';

const runs: ConsumerRun[] = [];
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop()));
});

interface Listening {
  readonly run: ConsumerRun;
  readonly url: string;
}

async function listen(
  config: Partial<HttpConsumerConfig> = {},
  name = 'hook',
  flow: { readonly flow?: string; readonly origin?: string } = {},
): Promise<Listening> {
  const run = runConsumer(connector, { path: '/hook', port: 0, ...config }, { name, ...flow });
  runs.push(run);
  const line = await within(
    run.context.logged(({ message }) => message.startsWith('listening')),
    'listening',
  );
  return { run, url: String(line.fields.url) };
}

function post(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
    ...init,
  });
}

/** Sends raw bytes, answers everything that came back until the server closed the connection. */
async function raw(url: string, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  for (const part of parts) socket.write(part);
  await within(new Promise((resolve) => socket.on('close', resolve)), 'the server closes');
  return Buffer.concat(received).toString();
}

test('202 comes after the message is stored, with the id it is stored under', async () => {
  const { run, url } = await listen();
  let answered = false;
  const response = post(`${url}?a=1&b=%20`, {
    headers: { 'content-type': 'application/json', 'x-custom': 'yes' },
  });
  response.then(() => {
    answered = true;
  });
  const delivery = await run.next();
  assert.equal(answered, false);
  assert.deepEqual(delivery.payload.value(), { a: 1 });
  assert.equal(delivery.payload.contentType, 'application/json');
  assert.equal(delivery.headers?.['x-custom'], 'yes');
  assert.equal(delivery.headers?.['http-method'], 'POST');
  assert.equal(delivery.headers?.['http-path'], '/hook');
  assert.equal(delivery.headers?.['http-query'], 'a=1&b=%20');
  assert.equal(delivery.id, undefined);
  await delivery.ack('m1');
  assert.equal((await response).status, 202);
  assert.deepEqual(await (await response).json(), { accepted: true, id: 'm1' });
});

test('a full stream is 429 with the time to wait, a message that never fits 413', async () => {
  const { run, url } = await listen();
  const first = post(url);
  await (await run.next()).nack({ ...busy, retryAfterMs: 2500 });
  assert.equal((await first).status, 429);
  assert.equal((await first).headers.get('retry-after'), '3');
  const second = post(url);
  await (await run.next()).nack({ ...busy, kind: 'refused' });
  assert.equal((await second).status, 413);
});

test('other paths and methods are not there, however the path is dressed up', async () => {
  const { url } = await listen({ path: '/a/hook', methods: ['POST', 'PUT'] });
  const { origin } = new URL(url);
  const wrong = await fetch(url, { method: 'DELETE' });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get('allow'), 'POST, PUT');
  for (const path of ['/', '/a', '/a/hook/', '/a/hook/x', '/A/hook', '/a/%68ook', '/__proto__']) {
    assert.equal((await post(`${origin}${path}`)).status, 404, path);
  }
  for (const path of [
    '/a/../a/hook',
    '//a/hook',
    '/a/./hook',
    '../a/hook',
    'http://evil.example/a/hook',
    '/a/hook%00',
  ]) {
    const answer = await raw(
      origin,
      `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 40[04] /, path);
  }
});

test('content types outside the list are 415', async () => {
  const { run, url } = await listen({ contentTypes: ['application/json', 'text/*'] });
  for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'text/csv']) {
    const response = post(url, { headers: { 'content-type': type } });
    await (await run.next()).ack();
    assert.equal((await response).status, 202, type);
  }
  assert.equal((await post(url, { headers: { 'content-type': 'application/xml' } })).status, 415);
  assert.equal((await post(url, { headers: {}, body: Buffer.from('x') })).status, 415);
});

test('a body over the limit is 413, announced or not, and the sender gets to see it', async () => {
  const { run, url } = await listen({ maxSize: '1KB' });
  assert.equal((await post(url, { body: 'x'.repeat(1001) })).status, 413);
  assert.equal((await post(url, { body: 'x'.repeat(3_000_000) })).status, 413);
  const chunked = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(10_000));
    },
  });
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: chunked, duplex: 'half' };
  const status = await fetch(url, init).then(
    (response) => response.status,
    () => 'cut',
  );
  assert.ok(status === 413 || status === 'cut', String(status));
  const exact = post(url, { body: 'x'.repeat(1000) });
  const delivery = await run.next();
  assert.equal(delivery.payload.bytes().length, 1000);
  await delivery.ack();
  assert.equal((await exact).status, 202);
});

test('an endless body is cut while it is read, not after', async () => {
  const { run, url } = await listen({ maxSize: '1KB' });
  const head = 'POST /hook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  const answer = await raw(url, head, `2000\r\n${'x'.repeat(0x2000)}\r\n`);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.equal(run.offered, false);
});

test('a sender that asks first is told before it sends', async () => {
  const { run, url } = await listen({ maxSize: '1KB', auth: { type: 'bearer', token: 't' } });
  const head = (length: number, token: string): string =>
    `POST /hook HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;
  assert.match(await raw(url, head(5000, 't')), /^HTTP\/1\.1 413 /);
  assert.match(await raw(url, head(5, 'wrong')), /^HTTP\/1\.1 401 /);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(head(2, 't'));
  const [first] = await within(
    new Promise<Buffer[]>((resolve) => socket.once('data', (chunk) => resolve([chunk]))),
    '100',
  );
  assert.match(String(first), /^HTTP\/1\.1 100 Continue/);
  socket.write('{}');
  await (await run.next()).ack();
  const [second] = await within(
    new Promise<Buffer[]>((resolve) => socket.once('data', (chunk) => resolve([chunk]))),
    '202',
  );
  assert.match(String(second), /^HTTP\/1\.1 202 /);
  socket.destroy();
});

test('compressed bodies are undone, bombs and broken ones refused', async () => {
  const { run, url } = await listen({ maxSize: '10KB' });
  const send = (coding: string, body: Buffer): Promise<Response> =>
    post(url, {
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/json', 'content-encoding': coding },
    });
  for (const [coding, body] of [
    ['gzip', gzipSync('{"a":1}')],
    ['br', brotliCompressSync('{"a":1}')],
  ] as const) {
    const response = send(coding, body);
    const delivery = await run.next();
    assert.deepEqual(delivery.payload.value(), { a: 1 });
    assert.equal(delivery.headers?.['content-encoding'], undefined);
    await delivery.ack();
    assert.equal((await response).status, 202);
  }
  assert.equal((await send('gzip', gzipSync(Buffer.alloc(5_000_000)))).status, 413);
  assert.equal((await send('gzip', Buffer.from('not gzip'))).status, 400);
  const unknown = await send('zstd', Buffer.from('x'));
  assert.equal(unknown.status, 415);
  assert.match(unknown.headers.get('accept-encoding') ?? '', /gzip/);
});

test('malformed requests are 400, also with line breaks smuggled into headers', async () => {
  const { run, url } = await listen();
  assert.match(await raw(url, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(
    await raw(url, 'POST /hook HTTP/1.1\r\nhost: x\r\nx-a: b\rx-evil: c\r\ncontent-length: 0\r\n\r\n'),
    /^HTTP\/1\.1 400 /,
  );
  assert.match(
    await raw(url, 'POST /hook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    /^HTTP\/1\.1 400 /,
  );
  assert.match(
    await raw(
      url,
      'POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
    /^HTTP\/1\.1 400 /,
  );
  assert.equal(run.offered, false);
});

test('a body that stops half way is never offered, and frees its place', async () => {
  const { run, url } = await listen({ maxInFlight: 1 });
  const accepted = acceptAll(run);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
  await eventually('the place is taken', async () => (await post(url)).status === 429);
  socket.destroy();
  await eventually('the place is free', async () => (await post(url)).status === 202);
  assert.ok(accepted.every((body) => body === '{"a":1}'));
});

test('slow senders are cut: slow heads and slow bodies', async () => {
  const { run, url } = await listen({ requestTimeout: '100ms' });
  assert.match(await raw(url, 'POST /hook HTTP/1.1\r\nhost:'), /^HTTP\/1\.1 408 /);
  assert.match(
    await raw(url, 'POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nsl'),
    /^HTTP\/1\.1 408 /,
  );
  assert.equal(run.offered, false);
});

test('more requests than fit are 429, and come in again later', async () => {
  const { run, url } = await listen({ maxInFlight: 2 });
  const waiting = [post(url), post(url)];
  const first = await run.next();
  await eventually('both are in', () => run.offered);
  const third = await post(url);
  assert.equal(third.status, 429);
  assert.equal(third.headers.get('retry-after'), '1');
  await first.ack();
  await (await run.next()).ack();
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ status }) => status),
    [202, 202],
  );
  const again = post(url);
  await (await run.next()).ack();
  assert.equal((await again).status, 202);
});

test('bodies that outgrow the memory set aside for them together are 429, the others get in', async () => {
  const { run, url } = await listen();
  // Only what must be known as a whole is held: here, what has to be decompressed.
  const body = gzipSync(randomBytes(1_000_000), { level: 0 });
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  let turnedAway = 0;
  const responses = Array.from({ length: 80 }, async () => {
    const response = await post(url, { body, headers }).catch(() => undefined);
    if (response?.status !== 202) turnedAway++;
    return response?.status;
  });
  await eventually('some are turned away', () => turnedAway >= 8);
  acceptAll(run);
  const statuses = await Promise.all(responses);
  assert.ok(statuses.filter((status) => status === 202).length > 30);
  assert.ok(
    statuses.every((status) => status === 202 || status === 429 || status === undefined),
    statuses.join(),
  );
});

test('content that is no valid text passes as the bytes it is', async () => {
  const { run, url } = await listen();
  const bytes = Uint8Array.from([0xff, 0xfe, 0x00, 0xc0, 0x80]);
  const response = post(url, { body: bytes });
  const delivery = await run.next();
  assert.deepEqual(new Uint8Array(delivery.payload.bytes()), bytes);
  await delivery.ack();
  assert.equal((await response).status, 202);
});

test('flows share a port by path and method, and a taken place names its owner', async () => {
  const { url } = await listen({}, 'first');
  const port = Number(new URL(url).port);
  // Port 0 is nobody else's, so a fixed one is shared.
  const fixed = await testPort();
  const one = await listen({ port: fixed, path: '/one' }, 'one');
  const two = await listen({ port: String(fixed), path: '/two' }, 'two');
  const put = await listen({ port: fixed, path: '/one', methods: ['PUT'] }, 'put');
  assert.notEqual(port, fixed);
  for (const [listening, method] of [
    [one, 'POST'],
    [two, 'POST'],
    [put, 'PUT'],
  ] as const) {
    const response = post(listening.url, { method });
    await (await listening.run.next()).ack();
    assert.equal((await response).status, 202);
  }
  const clash = runConsumer(connector, { port: fixed, path: '/one' });
  await assert.rejects(
    clash.next(),
    (error: Error) =>
      error instanceof PermanentError && /POST .*\/one is taken by test-flow\/one/.test(error.message),
  );
  const otherwise = runConsumer(connector, { port: fixed, path: '/three', requestTimeout: '7s' });
  await assert.rejects(otherwise.next(), /must be the same/);
});

test('a consumer that left is told apart from one that never was, and its place can be taken again', async () => {
  const port = await testPort();
  await listen({ port, path: '/stays' });
  const leaves = await listen({ port, path: '/leaves' });
  await leaves.run.stop();
  const gone = await post(leaves.url);
  assert.equal(gone.status, 503);
  assert.ok(gone.headers.get('retry-after'));
  const back = await listen({ port, path: '/leaves' });
  const response = post(back.url);
  await (await back.run.next()).ack();
  assert.equal((await response).status, 202);
});

test('a port that another program has is not connected, an address of another machine permanent', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await assert.rejects(
    runConsumer(connector, { path: '/hook', port }).next(),
    (error: Error) => error instanceof NotConnectedError && error.message.includes(String(port)),
  );
  other.close();
  await assert.rejects(
    runConsumer(connector, { path: '/hook', port: 0, host: '192.0.2.1' }).next(),
    PermanentError,
  );
});

test('a renamed flow takes the place of the former one, which serves whom it has let in', async () => {
  const port = await testPort();
  const former = await listen({ port }, 'hook', { flow: 'bills', origin: 'bills' });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const answer = buffer(socket);
  socket.write('POST /hook HTTP/1.1\r\nhost: a\r\ncontent-length: 7\r\nexpect: 100-continue\r\n\r\n');
  // The server asks for the body once it has let the caller in.
  await within(new Promise((resolve) => socket.once('readable', resolve)), 'it asks for the body');
  const renamed = await listen({ port }, 'hook', { flow: 'invoices', origin: 'bills' });
  await renamed.run.context.listening$;
  former.run.context.stop();
  const stored = post(renamed.url);
  await (await renamed.run.next()).ack('new');
  assert.deepEqual(
    [(await stored).status, ((await (await stored).json()) as { id: string }).id],
    [202, 'new'],
  );
  socket.write('{"a":1}');
  await (await former.run.next()).ack('old');
  assert.match((await within(answer, 'the server answers')).toString(), /HTTP\/1\.1 202[\s\S]*"old"/);
  await former.run.stop();
  const later = post(renamed.url);
  await (await renamed.run.next()).ack();
  assert.equal((await later).status, 202);
});

test('stopping answers what is being stored, turns away what waits, and closes every connection', async () => {
  const assertClosed = watchResources();
  const { run, url } = await listen();
  const stored = post(url);
  const delivery = await run.next();
  const waiting = [post(url), post(url)];
  await eventually('one more is offered', () => run.offered);
  const stopped = run.stop();
  await delivery.ack('m1');
  assert.equal((await stored).status, 202);
  assert.equal((await stored).headers.get('connection'), 'close');
  for (const response of await Promise.all(waiting)) {
    assert.equal(response.status, 503);
    assert.ok(response.headers.get('retry-after'));
  }
  await stopped;
  await assert.rejects(post(url));
  await assertClosed();
});

test('the chosen id header is the id of the message; a huge one is shortened', async () => {
  const { run, url } = await listen({ id: 'X-GitHub-Delivery' });
  for (const [id, expected] of [
    ['abc', /^abc$/],
    ['x'.repeat(5000), /^[0-9a-f]{64}$/],
  ] as const) {
    const response = post(url, { headers: { 'x-github-delivery': id } });
    const delivery = await run.next();
    assert.match(delivery.id ?? '', expected);
    await delivery.ack();
    await response;
  }
});

test('a consumer open to the network without authentication says so', async () => {
  const open = await listen({ host: '0.0.0.0' });
  assert.ok(open.run.context.logs.some(({ level, message }) => level === 'warn' && message.includes('auth')));
  const closed = await listen({ host: '0.0.0.0', auth: { type: 'bearer', token: 't' } });
  assert.ok(!closed.run.context.logs.some(({ level }) => level === 'warn'));
});

/** Acknowledges whatever comes until the consumer ends; answers the bodies so far. */
function acceptAll(run: ConsumerRun): readonly string[] {
  const bodies: string[] = [];
  const take = async (): Promise<void> => {
    for (;;) {
      const delivery = await run.next();
      bodies.push(Buffer.from(delivery.payload.bytes()).toString());
      await delivery.ack();
    }
  };
  take().catch(() => undefined);
  return bodies;
}

test('a large body is handed on as it comes and answered when it is stored', async () => {
  const { run, url } = await listen({ maxSize: '10MiB' });
  for (const chunked of [false, true]) {
    const body = Buffer.alloc(3_000_000, 'large ');
    const sent = chunked ? new Blob([body]).stream() : body;
    const response = post(url, { body: sent, duplex: 'half' } as RequestInit);
    const delivery = await run.next();
    assert.ok(delivery.payload.content);
    assert.equal(delivery.payload.content.size, chunked ? undefined : body.length);
    assert.ok((await buffer(delivery.payload.content.open(new AbortController().signal))).equals(body));
    await delivery.ack('m1');
    assert.equal((await response).status, 202);
  }
});

test('a large body that turns out to be larger than is taken is 413', async () => {
  const { run, url } = await listen({ maxSize: '1MiB' });
  const response = post(url, {
    body: new Blob([Buffer.alloc(3_000_000)]).stream(),
    duplex: 'half',
  } as RequestInit);
  const delivery = await run.next();
  assert.ok(delivery.payload.content);
  await assert.rejects(
    buffer(delivery.payload.content.open(new AbortController().signal)),
    /more than 1048576/,
  );
  await delivery.nack(busy);
  assert.equal((await response).status, 413);
});

test('a caller that goes away in the middle of a large body hands in nothing', async () => {
  const { run, url } = await listen({ maxSize: '10MiB' });
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST /hook HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 3000000\r\n\r\n',
  );
  socket.write(Buffer.alloc(1_000_000));
  const delivery = await run.next();
  assert.ok(delivery.payload.content);
  const reading = buffer(delivery.payload.content.open(new AbortController().signal));
  socket.destroy();
  await assert.rejects(reading);
  await delivery.nack(busy);
});
