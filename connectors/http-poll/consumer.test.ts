// What a poller hands on: what is new or changed, once, across restarts and failures.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  busy,
  type ConsumerRun,
  eventually,
  runConsumer,
  settle,
} from '../../engine/connector/conformance.ts';
import type { Delivery, JsonValue } from '../../engine/connector/index.ts';
import { PermanentError } from '../../engine/connector/index.ts';
import type { HttpPollConfig } from './config.ts';
import { connector } from './connector.ts';
import { type Api, startApi } from './testdata/api.ts';

const runs: ConsumerRun[] = [];
const apis: Api[] = [];
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop()));
  await Promise.all(apis.splice(0).map((api) => api.close()));
});

async function serve(content: unknown): Promise<Api> {
  const api = await startApi(content);
  apis.push(api);
  return api;
}

function poll(api: Api, config: Partial<HttpPollConfig> = {}, cursor?: JsonValue): ConsumerRun {
  const run = runConsumer(
    connector,
    { url: api.url, ...(config.cron === undefined ? { every: '5ms' } : {}), ...config },
    { cursor },
  );
  runs.push(run);
  return run;
}

async function take(run: ConsumerRun, count: number): Promise<readonly Delivery[]> {
  const taken: Delivery[] = [];
  while (taken.length < count) {
    const delivery = await run.next();
    await delivery.ack();
    taken.push(delivery);
  }
  return taken;
}

function values(deliveries: readonly Delivery[]): readonly unknown[] {
  return deliveries.map((delivery) => delivery.payload.value());
}

/** Waits until the API was asked so many times more. */
async function polls(api: Api, count: number): Promise<void> {
  const goal = api.asked.length + count;
  await eventually(`${count} polls`, () => api.asked.length >= goal);
}

const list = { items: 'prices', id: 'sku' };

test('new and changed items are handed on, with their id as key, and nothing else', async () => {
  const api = await serve({
    prices: [
      { sku: 'a', price: 1 },
      { sku: 'b', price: 2 },
    ],
  });
  const run = poll(api, list);
  const first = await take(run, 2);
  assert.deepEqual(values(first), [
    { sku: 'a', price: 1 },
    { sku: 'b', price: 2 },
  ]);
  assert.deepEqual(
    first.map(({ key }) => key),
    ['a', 'b'],
  );
  await polls(api, 3);
  assert.equal(run.offered, false);
  api.content = {
    prices: [
      { price: 1, sku: 'a' },
      { sku: 'b', price: 3 },
      { sku: 'c', price: 4 },
    ],
  };
  assert.deepEqual(values(await take(run, 2)), [
    { sku: 'b', price: 3 },
    { sku: 'c', price: 4 },
  ]);
  await polls(api, 3);
  assert.equal(run.offered, false);
});

test('validators are sent back, so that an unchanged list costs one 304', async () => {
  const api = await serve({ prices: [{ sku: 'a' }] });
  const run = poll(api, list);
  await take(run, 1);
  await polls(api, 2);
  assert.equal(api.asked[0]?.headers['if-none-match'], undefined);
  assert.ok(api.asked[1]?.headers['if-none-match']);
  assert.equal(api.asked[1]?.status, 304);
});

test('a Last-Modified is a validator too', async () => {
  const api = await serve(undefined);
  api.answer = (request, response) => {
    const since = request.headers['if-modified-since'];
    if (since === undefined)
      response.writeHead(200, { 'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT' }).end('content');
    else response.writeHead(304).end();
  };
  await take(poll(api), 1);
  await polls(api, 2);
  assert.equal(api.asked.at(-1)?.headers['if-modified-since'], 'Sun, 01 Mar 2026 12:00:00 GMT');
});

test('the same change again later is another message; an unfinished poll repeats its ids', async () => {
  const api = await serve({ prices: [{ sku: 'a', price: 1 }] });
  const run = poll(api, list);
  const ids: (string | undefined)[] = [];
  for (const price of [1, 2, 1, 2]) {
    api.content = { prices: [{ sku: 'a', price }] };
    ids.push((await take(run, 1))[0]?.id);
  }
  assert.equal(new Set(ids).size, 4);
  const again = await take(poll(await serve({ prices: [{ sku: 'a', price: 1 }] }), list), 1);
  assert.equal(again[0]?.id, ids[0]);
});

test('an item that vanished and came back is new', async () => {
  const api = await serve({ prices: [{ sku: 'a' }, { sku: 'b' }] });
  const run = poll(api, list);
  await take(run, 2);
  api.content = { prices: [{ sku: 'b' }] };
  await polls(api, 2);
  api.content = { prices: [{ sku: 'b' }, { sku: 'a' }] };
  assert.deepEqual(values(await take(run, 1)), [{ sku: 'a' }]);
});

test('without items the whole answer is one message, as it came', async () => {
  const api = await serve(undefined);
  let text = '<a/>';
  api.answer = (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/xml' }).end(text);
  const run = poll(api);
  const [first] = await take(run, 1);
  assert.equal(Buffer.from(first?.payload.bytes() ?? []).toString(), '<a/>');
  assert.equal(first?.payload.contentType, 'application/xml');
  await polls(api, 2);
  text = '<b/>';
  assert.equal(Buffer.from((await take(run, 1))[0]?.payload.bytes() ?? []).toString(), '<b/>');
});

test('all hands on everything each time, and asks without conditions', async () => {
  const api = await serve({ prices: [{ sku: 'a' }] });
  const deliveries = await take(poll(api, { ...list, emit: 'all' }), 3);
  assert.deepEqual(values(deliveries), [{ sku: 'a' }, { sku: 'a' }, { sku: 'a' }]);
  assert.equal(new Set(deliveries.map(({ id }) => id)).size, 3);
  assert.ok(api.asked.every(({ headers }) => headers['if-none-match'] === undefined));
});

test('a restart with the last cursor goes on with the validators and hands on nothing again', async () => {
  const api = await serve({ prices: [{ sku: 'a' }, { sku: 'b' }] });
  const first = poll(api, list);
  const cursor = (await take(first, 2)).at(-1)?.cursor;
  await first.stop();
  const asked = api.asked.length;
  const second = poll(api, list, JSON.parse(JSON.stringify(cursor)));
  await polls(api, 2);
  assert.equal(api.asked[asked]?.status, 304);
  assert.equal(second.offered, false);
  api.content = { prices: [{ sku: 'a' }, { sku: 'b', price: 1 }] };
  assert.deepEqual(values(await take(second, 1)), [{ sku: 'b', price: 1 }]);
});

test('a list of thousands resumes at the last checkpoint without gaps', async () => {
  const all = Array.from({ length: 5000 }, (_, index) => ({ sku: index }));
  const api = await serve({ prices: all });
  const first = poll(api, list);
  const cursor = (await take(first, 3210)).at(-1)?.cursor;
  await first.stop();
  assert.ok(JSON.stringify(cursor).length < 100_000);
  const second = poll(api, list, cursor);
  const [next] = values(await take(second, 1)) as readonly { sku: number }[];
  const at = next?.sku ?? -1;
  assert.ok(at <= 3210 && at > 3000, `goes on at ${at}`);
  const rest = await take(second, 5000 - at - 1);
  assert.deepEqual(values(rest).at(-1), { sku: 4999 });
});

test('a cursor that is not ours begins anew', async () => {
  const api = await serve({ prices: [{ sku: 'a' }] });
  for (const cursor of [
    null,
    'x',
    [],
    { version: 2 },
    { version: 1, seen: 'odd length' },
    { version: 1, seen: 5, round: 'x', etag: 7 },
  ]) {
    assert.deepEqual(values(await take(poll(api, list, cursor), 1)), [{ sku: 'a' }]);
  }
});

test('what was not stored is offered again, what can never be is left out and said', async () => {
  const api = await serve({ prices: [{ sku: 'a' }, { sku: 'b' }, { sku: 'c' }] });
  const run = poll(api, list);
  const [a, b, c] = [await run.next(), await run.next(), await run.next()];
  await c.ack();
  await a.nack(busy);
  await b.nack({ ...busy, kind: 'refused', message: 'too large' });
  assert.deepEqual(values(await take(run, 1)), [{ sku: 'a' }]);
  await polls(api, 2);
  assert.equal(run.offered, false);
  assert.ok(
    run.context.logs.some(({ level, message }) => level === 'error' && message.includes('too large')),
  );
});

test('the next poll waits until everything of the last is settled', async () => {
  const api = await serve({ prices: [{ sku: 'a' }] });
  const run = poll(api, list);
  const delivery = await run.next();
  const asked = api.asked.length;
  api.content = { prices: [{ sku: 'b' }] };
  await settle();
  assert.equal(api.asked.length, asked);
  await delivery.ack();
  assert.deepEqual(values(await take(run, 1)), [{ sku: 'b' }]);
});

test('failures are logged, waited out and do not end the flow', async () => {
  const failures: readonly ((response: ServerResponse) => void)[] = [
    (response) => response.writeHead(500).end(),
    (response) => response.writeHead(404).end(),
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"prices": ['),
    (response) => response.destroy(),
    (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(3_000_000))),
    (response) => response.writeHead(200).end('x'.repeat(3_000_000)),
  ];
  await Promise.all(
    failures.map(async (fail) => {
      const api = await serve({ prices: [{ sku: 'a' }] });
      api.answer = (_request, response) => fail(response);
      const run = poll(api, { ...list, maxSize: '1MB' });
      await run.context.logged(({ level }) => level === 'warn');
      api.answer = undefined;
      assert.deepEqual(values(await take(run, 1)), [{ sku: 'a' }]);
    }),
  );
});

test('a server that asks to wait is given the time', async () => {
  const api = await serve({ prices: [] });
  api.answer = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
  const run = poll(api, list);
  const line = await run.context.logged(({ level }) => level === 'warn');
  assert.match(line.message, /answered 429; asking again in 3600 s/);
});

test('once ends after the first poll that succeeded', async () => {
  const api = await serve({ prices: [{ sku: 'a' }] });
  const run = poll(api, { ...list, once: true });
  await take(run, 1);
  await assert.rejects(run.next(), /ended/);
  assert.equal(api.asked.length, 1);
});

test('a query can be a POST, compressed answers are read, JSON may be called text', async () => {
  const api = await serve(undefined);
  api.answer = (_request, response) =>
    response
      .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' })
      .end(gzipSync('{"prices":{"sku":"a"}}'));
  const run = poll(api, {
    ...list,
    method: 'POST',
    body: '{"query":"{prices}"}',
    headers: { 'X-Client': 'c' },
  });
  assert.deepEqual(values(await take(run, 1)), [{ sku: 'a' }]);
  const [asked] = api.asked;
  assert.deepEqual(
    [asked?.method, asked?.body, asked?.headers['content-type'], asked?.headers['x-client']],
    ['POST', '{"query":"{prices}"}', 'application/json', 'c'],
  );
});

test('cron with seconds polls too, at the start only when asked for', async () => {
  const api = await serve({ prices: [{ sku: 'a' }] });
  const run = poll(api, { ...list, cron: '* * * * * *', runAtStart: false });
  assert.equal(api.asked.length, 0);
  assert.deepEqual(values(await take(run, 1)), [{ sku: 'a' }]);
});

test('settings that cannot work end the consumer with what to write', async () => {
  const api = await serve({});
  const wrong: readonly (readonly [Partial<HttpPollConfig>, RegExp])[] = [
    [{ url: 'nonsense' }, /url: /],
    [{ url: 'https://user:pass@a/' }, /auth/],
    [{ every: 'often' }, /every: "often" is not a duration/],
    [{ every: '0s' }, /every/],
    [{ cron: 'never' }, /cron: "never"/],
    [{ cron: '* * * * *', timezone: 'Mars/Olympus' }, /Mars\/Olympus/],
  ];
  for (const [config, message] of wrong) {
    const run = runConsumer(connector, {
      url: api.url,
      ...(config.cron === undefined ? { every: '1s' } : {}),
      ...config,
    });
    await assert.rejects(
      run.next(),
      (error: Error) => error instanceof PermanentError && message.test(error.message),
    );
  }
});
