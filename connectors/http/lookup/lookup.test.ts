// What the HTTP lookup asks, and what it makes of the answers.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createTestContext, testJsonMessage } from '../../../engine/connector/conformance.ts';
import { PermanentError, RetryableError } from '../../../engine/connector/index.ts';
import type { HttpLookupConfig } from '../config.ts';
import { createLookup } from './lookup.ts';

const { signal } = new AbortController();

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
}

/** A lookup of `/customers/{{ id }}` on a server that answers so. */
async function lookup(t: TestContext, answer: Answer, config: Partial<HttpLookupConfig> = {}) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    const { status = 200, type = 'application/json', body = '' } = answer;
    response.writeHead(status, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/customers/{{ id }}`;
  const made = createLookup({ url, ...config }, createTestContext());
  t.after(async () => {
    await made.close();
    server.closeAllConnections();
    server.close();
  });
  return { made, seen, find: (value: object) => made.find(testJsonMessage(value), signal) };
}

test('a JSON answer becomes a value, asked with what the message holds', async (t) => {
  const auth = { type: 'bearer', token: 't0ken' } as const;
  const { find, seen } = await lookup(t, { body: '{"city":"Oslo"}' }, { auth });
  assert.deepEqual(await find({ id: 'a/b' }), { city: 'Oslo' });
  assert.deepEqual(seen, ['GET /customers/a%2Fb Bearer t0ken']);
});

test('any other answer becomes a text', async (t) => {
  const { find } = await lookup(t, { type: 'text/plain', body: 'Oslo' });
  assert.equal(await find({ id: 1 }), 'Oslo');
});

test('404, the statuses named, and an empty answer mean that there is nothing', async (t) => {
  assert.equal(await (await lookup(t, { status: 404 })).find({ id: 1 }), undefined);
  assert.equal(await (await lookup(t, { status: 410 }, { missing: [410] })).find({ id: 1 }), undefined);
  assert.equal(await (await lookup(t, { body: ' ' })).find({ id: 1 }), undefined);
});

test('what may pass is told from what cannot', async (t) => {
  await assert.rejects(async () => (await lookup(t, { status: 503 })).find({ id: 1 }), RetryableError);
  await assert.rejects(async () => (await lookup(t, { status: 401 })).find({ id: 1 }), PermanentError);
  await assert.rejects(async () => (await lookup(t, { body: '{' })).find({ id: 1 }), PermanentError);
});

test('an answer beyond the limit fails', async (t) => {
  const { find } = await lookup(t, { body: JSON.stringify('x'.repeat(5000)) }, { maxSize: '1KiB' });
  await assert.rejects(() => find({ id: 1 }), PermanentError);
});

test('messages that ask the same have the same key', async (t) => {
  const { made } = await lookup(t, {});
  const key = async (value: object) => made.key(testJsonMessage(value));
  assert.equal(await key({ id: 1, n: 1 }), await key({ id: 1, n: 2 }));
  assert.notEqual(await key({ id: 1 }), await key({ id: 2 }));
});
