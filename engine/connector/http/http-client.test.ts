// Exchanges end in an answer or one of the three connector errors, in time, and redirects cannot be turned inwards.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { watchResources } from '../conformance/resources.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../errors.ts';
import { HttpClient, type HttpClientOptions, type HttpRequest } from './http-client.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  while (closers.length > 0) await closers.pop()?.();
});

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ origin: string; server: Server }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = new HttpClient({
    timeoutMs: 60_000,
    keepBytes: 100,
    overflow: 'truncate',
    connections: 4,
    redirects: 0,
    allowPrivate: false,
    resolvePath: (path) => path,
    ...options,
  });
  closers.push(() => made.close());
  return made;
}

function post(url: string, rest: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url: new URL(url),
    headers: {},
    body: Buffer.from('payload'),
    trustedHost: true,
    ...rest,
  };
}

const forever = new AbortController().signal;

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

test('an answer comes back whatever its status', async () => {
  const { origin } = await serve(async (request, response) => {
    response
      .writeHead(418, { 'x-a': ['1', '2'] })
      .end(`${request.method} ${request.url} ${await bodyOf(request)}`);
  });
  const answer = await client().request(post(`${origin}/a?b=c`), forever);
  assert.equal(answer.status, 418);
  assert.equal(answer.headers['x-a'], '1, 2');
  assert.equal(answer.body.toString(), 'POST /a?b=c payload');
});

test('a long answer is cut, or refused', async () => {
  const { origin } = await serve((_request, response) => response.end('x'.repeat(1_000_000)));
  const answer = await client().request(post(origin), forever);
  assert.equal(answer.body.length, 100);
  await assert.rejects(client({ overflow: 'fail' }).request(post(origin), forever), PermanentError);
});

test('an answer that never ends is cut too', async () => {
  const { origin } = await serve((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
    response.on('close', () => clearInterval(timer));
  });
  assert.equal((await client().request(post(origin), forever)).body.length, 100);
});

test('a server that does not answer, or drips, is given up in time', async () => {
  const silent = await serve(() => undefined);
  await assert.rejects(
    client({ timeoutMs: 50 }).request(post(silent.origin), forever),
    (error) => error instanceof RetryableError && /50 ms/.test(error.message),
  );
  const dripping = await serve((_request, response) => {
    const timer = setInterval(() => response.write('.'), 5);
    response.on('close', () => clearInterval(timer));
  });
  await assert.rejects(client({ timeoutMs: 50 }).request(post(dripping.origin), forever), RetryableError);
});

test('an abort ends the exchange at once, also one that waits for a connection', async () => {
  const { origin } = await serve(() => undefined);
  const one = client({ connections: 1 });
  const abort = new AbortController();
  const requests = [one.request(post(origin), abort.signal), one.request(post(origin), abort.signal)];
  abort.abort();
  for (const request of requests) await assert.rejects(request, /stopped/);
  await assert.rejects(one.request(post(origin), abort.signal), /stopped/);
});

test('nobody there, no such name and a broken connection are not connected', async () => {
  const { origin, server } = await serve((request) => request.socket.destroy());
  await assert.rejects(client().request(post(origin), forever), NotConnectedError);
  server.close();
  server.closeAllConnections();
  await assert.rejects(client().request(post(origin), forever), NotConnectedError);
  await assert.rejects(client().request(post('http://no-such-name.invalid/'), forever), NotConnectedError);
});

test('errors do not repeat the query or the user of a URL', async () => {
  const url = 'http://user:pass-word@127.0.0.1:1/path?key=s3cret';
  await assert.rejects(client().request(post(url), forever), (error: Error) => {
    assert.match(error.message, /POST http:\/\/127\.0\.0\.1:1\/path: /);
    assert.doesNotMatch(error.message, /s3cret|pass-word/);
    return true;
  });
});

test('a redirect is an answer unless it is to be followed', async () => {
  const { origin } = await serve((_request, response) => response.writeHead(307, { location: '/b' }).end());
  assert.equal((await client().request(post(`${origin}/a`), forever)).status, 307);
});

test('a redirect on the same server repeats the request, 303 asks for the result', async () => {
  const { origin } = await serve(async (request, response) => {
    const body = await bodyOf(request);
    const next = { '/307': '/end', '/301': '/end', '/303': '/end' }[request.url ?? ''];
    if (next !== undefined) response.writeHead(Number(request.url?.slice(1)), { location: next }).end();
    else
      response.end(
        `${request.method} ${body} ${request.headers['x-key']} ${request.headers['content-type']}`,
      );
  });
  const following = client({ redirects: 1 });
  const headers = { 'x-key': 'k', 'content-type': 'text/plain' };
  for (const [path, expected] of [
    ['/307', 'POST payload k text/plain'],
    ['/301', 'POST payload k text/plain'],
    ['/303', 'GET  k undefined'],
  ]) {
    assert.equal(
      (await following.request(post(`${origin}${path}`, { headers }), forever)).body.toString(),
      expected,
    );
  }
});

test('redirects that go in circles end', async () => {
  const { origin } = await serve((_request, response) =>
    response.writeHead(302, { location: '/again' }).end(),
  );
  await assert.rejects(
    client({ redirects: 3 }).request(post(origin), forever),
    (error) => error instanceof PermanentError && /more than 3 redirects/.test(error.message),
  );
});

test('a redirect to a private address is refused, by number and by name', async () => {
  let reached = 0;
  const inner = await serve((_request, response) => {
    reached++;
    response.end();
  });
  const port = new URL(inner.origin).port;
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]']) {
    const { origin } = await serve((_request, response) =>
      response.writeHead(307, { location: `http://${host}:${port}/` }).end(),
    );
    await assert.rejects(
      client({ redirects: 1 }).request(post(origin), forever),
      (error) => error instanceof PermanentError && /private address/.test(error.message),
      host,
    );
  }
  assert.equal(reached, 0);
  const { origin } = await serve((_request, response) =>
    response.writeHead(307, { location: inner.origin }).end(),
  );
  assert.equal(
    (await client({ redirects: 1, allowPrivate: true }).request(post(origin), forever)).status,
    200,
  );
});

test('another server gets to see no credentials', async () => {
  const other = await serve((request, response) => response.end(JSON.stringify(request.headers)));
  const { origin } = await serve((_request, response) =>
    response.writeHead(308, { location: other.origin }).end(),
  );
  const headers = {
    authorization: 'Bearer t',
    'x-api-key': 'k',
    cookie: 'c',
    'content-type': 'text/plain',
    'idempotency-key': '1',
  };
  const answer = await client({ redirects: 1, allowPrivate: true, keepBytes: 10_000 }).request(
    post(origin, { headers }),
    forever,
  );
  const seen = JSON.parse(answer.body.toString());
  assert.deepEqual([seen.authorization, seen['x-api-key'], seen.cookie], [undefined, undefined, undefined]);
  assert.deepEqual([seen['content-type'], seen['idempotency-key']], ['text/plain', '1']);
});

test('a redirect that leaves HTTP is refused', async () => {
  for (const location of ['file:///etc/passwd', 'ftp://example.com/', 'http://']) {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location }).end());
    await assert.rejects(client({ redirects: 1 }).request(post(origin), forever), PermanentError, location);
  }
});

test('a host that the author did not write may not be a private one', async () => {
  const { origin } = await serve((_request, response) => response.end());
  await assert.rejects(client().request(post(origin, { trustedHost: false }), forever), /private address/);
  const named = origin.replace('127.0.0.1', 'localhost');
  await assert.rejects(client().request(post(named, { trustedHost: false }), forever), /private address/);
});

test('connections are used again, and closing leaves none', async () => {
  const assertClosed = watchResources();
  const sockets = new Set();
  const { origin, server } = await serve((request, response) => {
    sockets.add(request.socket);
    response.end('ok');
  });
  const reusing = client();
  for (let index = 0; index < 5; index++) await reusing.request(post(origin), forever);
  assert.ok(sockets.size <= 2, 'the next request may start before the last connection is free again');
  await reusing.close();
  server.close();
  await assertClosed();
});
