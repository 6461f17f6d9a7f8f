// What requests the HTTP producer sends, and what it makes of the answers.
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { createTestContext, testJsonMessage, testMessage } from '../../../engine/connector/conformance.ts';
import {
  type Message,
  Payload,
  PermanentError,
  type Producer,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';
import type { HttpProducerConfig } from '../config.ts';
import { connector } from '../connector.ts';
import { compileVerifier } from '../consumer/verify.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  while (closers.length > 0) await closers.pop()?.();
});

interface Scene {
  readonly origin: string;
  readonly seen: readonly Seen[];
  readonly server: Server;
}

async function serve(answer: (seen: Seen) => Answer = () => ({})): Promise<Scene> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const one = { method, url, headers, body: Buffer.concat(await request.toArray()) };
    seen.push(one);
    const { status = 200, headers: answerHeaders = {}, body = '' } = answer(one);
    response.writeHead(status, answerHeaders).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

async function producer(config: HttpProducerConfig): Promise<Producer> {
  const made = await connector.producer?.(config, createTestContext());
  assert.ok(made !== undefined);
  closers.push(() => made.close());
  return made;
}

async function write(
  config: HttpProducerConfig,
  message: Message = testMessage('payload'),
): Promise<WriteOutcome> {
  const [outcome] = await (await producer(config)).write([message], new AbortController().signal);
  assert.ok(outcome !== undefined);
  return outcome;
}

function errorOf(outcome: WriteOutcome): string {
  return outcome.kind === 'delivered' ? '' : outcome.error.message;
}

test('the payload goes out as it is, with its type and the message id', async () => {
  const { origin, seen } = await serve();
  const outcome = await write({ url: `${origin}/in` }, testJsonMessage({ a: 1 }, { id: 'm-1' }));
  assert.deepEqual(outcome, { kind: 'delivered' });
  const [request] = seen;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.url, '/in');
  assert.equal(request?.body.toString(), '{"a":1}');
  assert.equal(request?.headers['content-type'], 'application/json');
  assert.equal(request?.headers['idempotency-key'], 'm-1');
  assert.equal(request?.headers['content-length'], '7');
});

test('URL, headers and body are filled from the message', async () => {
  const { origin, seen } = await serve();
  await write(
    {
      url: `${origin}/{{ id }}`,
      method: 'PUT',
      headers: { 'X-Country': '{{ country }}', 'Content-Type': 'text/plain' },
      body: 'Invoice {{ id }}',
      idempotencyHeader: 'X-Request-Id',
    },
    testJsonMessage({ id: 'a/1', country: 'NO' }, { id: 'm-1' }),
  );
  const [request] = seen;
  assert.equal(request?.method, 'PUT');
  assert.equal(request?.url, '/a%2F1');
  assert.equal(request?.headers['x-country'], 'NO');
  assert.equal(request?.headers['content-type'], 'text/plain');
  assert.equal(request?.headers['x-request-id'], 'm-1');
  assert.equal(request?.headers['idempotency-key'], undefined);
  assert.equal(request?.body.toString(), 'Invoice a/1');
});

test('GET and DELETE have no body, and the idempotency header can be left out', async () => {
  const { origin, seen } = await serve();
  for (const method of ['GET', 'DELETE']) await write({ url: origin, method, idempotencyHeader: false });
  for (const request of seen) {
    assert.equal(request.body.length, 0);
    assert.equal(request.headers['content-type'], undefined);
    assert.equal(request.headers['idempotency-key'], undefined);
  }
  assert.equal(seen.length, 2);
});

test('what it signs, a consumer of ours accepts', async () => {
  const { origin, seen } = await serve();
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const schemes = [
    { type: 'bearer', token: 't' },
    { type: 'basic', username: 'ü', password: 'p:q' },
    {
      type: 'hmac',
      header: 'X-Signature',
      secret: 's',
      algorithm: 'sha512',
      encoding: 'base64',
      prefix: 'v=',
    },
    { type: 'standard-webhooks', secret },
  ] as const;
  for (const auth of schemes) {
    await write({ url: origin, auth }, testMessage('payload', { id: 'køy 1' }));
    const request = seen.at(-1);
    assert.ok(request !== undefined);
    const verifier = compileVerifier(auth);
    assert.equal(verifier?.beforeBody?.(request.headers, Date.now()), undefined, auth.type);
    assert.equal(verifier?.withBody?.(request.headers, request.body), undefined, auth.type);
  }
});

test('statuses mean delivered, retry or rejected', async () => {
  let status = 200;
  const { origin } = await serve(() => ({ status }));
  const expected = {
    delivered: [200, 201, 202, 204],
    retry: [408, 425, 429, 500, 502, 503, 504],
    rejected: [301, 304, 400, 401, 403, 404, 405, 409, 410, 413, 422],
  };
  for (const [kind, statuses] of Object.entries(expected)) {
    for (status of statuses) assert.equal((await write({ url: origin })).kind, kind, String(status));
  }
  status = 409;
  assert.equal((await write({ url: origin, success: [409] })).kind, 'delivered');
  status = 404;
  assert.equal((await write({ url: origin, retry: [404] })).kind, 'retry');
});

test('Retry-After is passed on, in seconds and as a date', async () => {
  let retryAfter = '7';
  const { origin } = await serve(() => ({ status: 503, headers: { 'retry-after': retryAfter } }));
  const seconds = await write({ url: origin });
  assert.ok(seconds.kind === 'retry' && seconds.afterMs === 7000);
  retryAfter = new Date(Date.now() + 600_000).toUTCString();
  const date = await write({ url: origin });
  assert.ok(
    date.kind === 'retry' && date.afterMs !== undefined && date.afterMs > 500_000 && date.afterMs <= 600_000,
  );
  retryAfter = 'whenever';
  const nonsense = await write({ url: origin });
  assert.ok(nonsense.kind === 'retry' && nonsense.afterMs === undefined);
});

test('a refusal tells what the server said: short, in one line, without credentials', async () => {
  const auth = { type: 'bearer', token: 's3cret-token' } as const;
  const { origin } = await serve(({ headers }) => ({
    status: 422,
    body: `total\r\n\u001b[31m is missing ${headers.authorization} ${'x'.repeat(10_000)}`,
  }));
  const message = errorOf(await write({ url: `${origin}/in?key=query-secret`, auth }));
  assert.match(
    message,
    /^POST http:\/\/127\.0\.0\.1:\d+\/in answered 422: total \[31m is missing Bearer \*\*\* x+…$/,
  );
  assert.ok(message.length < 500);
  assert.doesNotMatch(message, /s3cret|query-secret/);
});

test('a redirect that is not followed says what to do', async () => {
  const { origin } = await serve(() => ({ status: 301, headers: { location: '/new' } }));
  const outcome = await write({ url: origin });
  assert.equal(outcome.kind, 'rejected');
  assert.match(errorOf(outcome), /301, a redirect: write the final URL, or set `redirects`/);
});

test('redirects are followed when asked for, not to private addresses', async () => {
  const inner = await serve();
  const { origin, seen } = await serve(({ url }) =>
    url === '/a'
      ? { status: 307, headers: { location: '/b' } }
      : url === '/c'
        ? { status: 307, headers: { location: inner.origin } }
        : {},
  );
  assert.equal((await write({ url: `${origin}/a`, redirects: 1 })).kind, 'delivered');
  assert.equal(seen.at(-1)?.url, '/b');
  assert.equal(seen.at(-1)?.body.toString(), 'payload');
  const refused = await write({ url: `${origin}/c`, redirects: 1 });
  assert.equal(refused.kind, 'rejected');
  assert.match(errorOf(refused), /private address/);
  assert.equal((await write({ url: `${origin}/c`, redirects: 1, allowPrivate: true })).kind, 'delivered');
  assert.equal(inner.seen.length, 1);
});

test('a host from message data is called only when listed', async () => {
  const { origin, seen } = await serve();
  const { host } = new URL(origin);
  const config = { url: 'http://{{ host }}/', allowHosts: [host, '*.localhost'] };
  assert.equal((await write(config, testJsonMessage({ host }))).kind, 'delivered');
  assert.equal((await write(config, testJsonMessage({ host: '127.0.0.1:1' }))).kind, 'rejected');
  const wild = await write(config, testJsonMessage({ host: `a.localhost:${new URL(origin).port}` }));
  assert.notEqual(wild.kind, 'delivered');
  assert.equal(seen.length, 1);
});

test('a header that message data would break is rejected before anything is sent', async () => {
  const { origin, seen } = await serve();
  for (const value of ['a\r\nx-admin: yes', 'a\nb', 'a\0b', 'emoji 🙂']) {
    const outcome = await write(
      { url: origin, headers: { 'x-a': '{{ value }}' } },
      testJsonMessage({ value }),
    );
    assert.equal(outcome.kind, 'rejected', JSON.stringify(value));
    assert.match(errorOf(outcome), /headers\.x-a/);
  }
  assert.equal(seen.length, 0);
});

test('time-outs and refused connections are worth another try', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  closers.push(() => {
    silent.close();
    silent.closeAllConnections();
  });
  const slow = await write({
    url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    timeout: '50ms',
  });
  assert.equal(slow.kind, 'retry');
  assert.match(errorOf(slow), /50 ms/);
  assert.equal((await write({ url: 'http://127.0.0.1:1' })).kind, 'retry');
});

test('settings that cannot work are refused at the start', async () => {
  const url = 'http://127.0.0.1:1';
  const wrong: readonly HttpProducerConfig[] = [
    { url: 'not a url' },
    { url, timeout: 'soon' },
    { url, headers: { Host: 'x' } },
    { url, tls: { ca: './does-not-exist.pem' } },
    { url, auth: { type: 'standard-webhooks', secret: 'short' } },
  ];
  for (const config of wrong) await assert.rejects(producer(config), PermanentError, JSON.stringify(config));
});

/** A payload of so many chunks of 100 kB that may break, of known size or not. */
function streamed(chunks: number, { breaksAt = chunks, sized = true } = {}): Payload {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let chunk = 0; chunk < chunks; chunk++) {
      if (chunk === breaksAt) throw new Error('the object was truncated');
      yield await Promise.resolve(Buffer.alloc(100_000, chunk));
    }
  }
  return Payload.ofContent({ size: sized ? chunks * 100_000 : undefined, open }, 'application/octet-stream');
}

test('a large payload goes out as it comes, with its length when that is known', async () => {
  const { origin, seen } = await serve();
  for (const sized of [true, false]) {
    const message = testMessage('', { payload: streamed(20, { sized }) });
    assert.equal((await write({ url: `${origin}/in/{{ $id }}` }, message)).kind, 'delivered');
  }
  assert.deepEqual(
    seen.map(({ headers, body }) => [headers['content-length'], headers['transfer-encoding'], body.length]),
    [
      ['2000000', undefined, 2_000_000],
      [undefined, 'chunked', 2_000_000],
    ],
  );
});

test('a large payload that breaks off never arrives as a whole', async () => {
  const { origin, seen } = await serve();
  const message = testMessage('', { payload: streamed(20, { breaksAt: 15 }) });
  const outcome = await write({ url: `${origin}/in` }, message);
  assert.equal(outcome.kind, 'retry');
  assert.match(errorOf(outcome), /truncated/);
  assert.deepEqual(seen, []);
});

test('a signed request needs the whole payload', async () => {
  const auth = { type: 'hmac', header: 'x-signature', secret: 'shared secret' } as const;
  assert.equal((await producer({ url: 'http://127.0.0.1:1/', auth })).streams, false);
  assert.equal((await producer({ url: 'http://127.0.0.1:1/' })).streams, true);
});
