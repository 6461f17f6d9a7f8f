import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { s3Bucket } from './s3-bucket.ts';

const { signal } = new AbortController();
const key = "in/a b+c'(1)!*é.bin";

test('objects are put and read without the SDK once it has shown where the bucket is', async (t) => {
  const { bucket, seen } = await setUp(t);
  await bucket.write(key, Buffer.from('first'), {}, signal);
  await bucket.write(key, Buffer.from('second'), {}, signal);
  const { content, contentType, metadata } = await bucket.read(key, signal);
  assert.equal(String(await buffer(content)), 'second');
  assert.deepEqual([contentType, metadata], ['application/octet-stream', { by: 'me' }]);
  assert.deepEqual(
    seen.map(({ way, method }) => `${way} ${method}`),
    ['sdk PUT', 'direct PUT', 'direct GET'],
  );
  const paths = new Set(seen.map(({ path }) => path));
  assert.deepEqual([...paths].length, 1, 'keys are written into paths as the SDK does');
  assert.match(seen[1]?.authorization ?? '', /^AWS4-HMAC-SHA256 .*SignedHeaders=.*host/);
});

test('a server that answers only the SDK is left to it', async (t) => {
  const { bucket, seen } = await setUp(t, 'sdk only');
  for (const text of ['first', 'second', 'third']) await bucket.write(key, Buffer.from(text), {}, signal);
  assert.deepEqual(
    seen.map(({ way }) => way),
    ['sdk', 'direct', 'sdk', 'sdk'],
  );
  assert.equal(String(await buffer((await bucket.read(key, signal)).content)), 'third');
});

test('what has to be said of an object goes through the SDK', async (t) => {
  const { bucket, seen } = await setUp(t);
  await bucket.write(key, Buffer.from('first'), {}, signal);
  await bucket.write(key, Buffer.from('second'), { metadata: { by: 'you' } }, signal);
  assert.deepEqual(
    seen.map(({ way }) => way),
    ['sdk', 'sdk'],
  );
});

interface Seen {
  readonly way: 'sdk' | 'direct';
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
}

/** A server that keeps what it was sent, and knows by a header whether it was the SDK that sent it. */
async function setUp(t: { after(end: () => void): void }, answers: 'all' | 'sdk only' = 'all') {
  const seen: Seen[] = [];
  let kept = Buffer.alloc(0);
  const server = createServer(async (request: IncomingMessage, response) => {
    const way = request.headers['amz-sdk-invocation-id'] === undefined ? 'direct' : 'sdk';
    const { method, headers, url } = request;
    seen.push({ way, method, path: url?.replace(/\?.*/, ''), authorization: headers.authorization });
    const body = await buffer(request);
    if (answers === 'sdk only' && way === 'direct') {
      response.writeHead(403).end('no');
      return;
    }
    if (method === 'PUT') kept = body;
    const described = { 'content-type': 'application/octet-stream', 'x-amz-meta-by': 'me' };
    response.writeHead(200, described).end(method === 'PUT' ? '' : kept);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bucket = s3Bucket({ bucket: 'things', endpoint, accessKeyId: 'id', secretAccessKey: 'secret' });
  t.after(() => {
    bucket.close();
    server.closeAllConnections();
    server.close();
  });
  return { bucket, seen };
}
