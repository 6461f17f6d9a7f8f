// How messages come in from subjects and streams, shared between workers, and what happens to those that are not stored.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { busy, eventually, patienceMs, settle } from '../../../engine/connector/conformance.ts';
import { NotConnectedError, PermanentError } from '../../../engine/connector/index.ts';
import { withServer } from '../../../engine/devserver/test-server.ts';
import { openTestConnection, startConsumer } from '../testdata/nats.ts';

async function withStream(t: Parameters<typeof withServer>[0]) {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  const client = jetstream(connection);
  const config = { servers: server.url, stream: 'ORDERS', subject: 'orders.>' };
  return { server, connection, manager, client, config };
}

test('a message brings its headers, its subject and its content type', async (t) => {
  const { client, config } = await withStream(t);
  const own = headers();
  own.append('X-Tag', 'a');
  own.append('X-Tag', 'b');
  await client.publish('orders.no', '<a/>', { headers: own });
  own.set('Content-Type', 'text/csv');
  await client.publish('orders.se', 'a,b', { headers: own });
  const run = startConsumer(t, { ...config, contentType: 'application/xml' });
  const first = await run.next();
  assert.equal(first.payload.contentType, 'application/xml');
  assert.equal(first.headers?.['x-tag'], 'a, b');
  assert.equal(first.headers?.subject, 'orders.no');
  assert.equal(first.key, 'orders.no');
  const second = await run.next();
  assert.equal(second.payload.contentType, 'text/csv');
  for (const delivery of [first, second]) await delivery.ack();
});

test('two workers share a durable of the flow’s own; another flow gets everything too', async (t) => {
  const { client, config, manager } = await withStream(t);
  const runs = [startConsumer(t, config), startConsumer(t, config)];
  const other = startConsumer(t, config, { flow: 'other' });
  const names = async () => (await manager.consumers.list('ORDERS').next()).map(({ name }) => name).sort();
  await eventually('both durables are there', async () => (await names()).length === 2);
  assert.deepEqual(await names(), ['vrsky-other-test', 'vrsky-test-flow-test']);
  for (let index = 0; index < 20; index++) await client.publish('orders.new', String(index));
  const seen: string[] = [];
  const read = async (run: (typeof runs)[number]) => {
    while (seen.length < 20) {
      const delivery = await run.next().catch(() => undefined);
      if (delivery === undefined) return;
      seen.push(Buffer.from(delivery.payload.bytes()).toString());
      await delivery.ack();
    }
  };
  await Promise.race(runs.map(read));
  assert.equal(new Set(seen).size, 20);
  for (let index = 0; index < 20; index++) await (await other.next()).ack();
});

test('a flow that was renamed goes on with its durable, and a new one of the former name gets one of its own', async (t) => {
  const { client, config, manager } = await withStream(t);
  const publish = (text: string) => client.publish('orders.new', text);
  const take = async (run: ReturnType<typeof startConsumer>) => {
    const delivery = await run.next();
    await delivery.ack();
    return Buffer.from(delivery.payload.bytes()).toString();
  };
  await publish('one');
  const former = startConsumer(t, config, { flow: 'bills' });
  assert.equal(await take(former), 'one');
  await former.stop();
  await publish('two');
  const cursor = former.context.kept;
  const renamed = startConsumer(t, config, { flow: 'invoices', cursor });
  assert.equal(await take(renamed), 'two');
  const another = startConsumer(t, config, { flow: 'bills' });
  assert.equal(await take(another), 'one');
  assert.equal(await take(another), 'two');
  await publish('three');
  assert.deepEqual([await take(renamed), await take(another)], ['three', 'three']);
  for (const run of [renamed, another]) await run.stop();
  // Without what was kept, as after an upgrade: what is written at the source tells whose is whose.
  await publish('four');
  const later = startConsumer(t, config, { flow: 'bills' });
  assert.equal(await take(later), 'four');
  const names = (await manager.consumers.list('ORDERS').next()).map(({ name }) => name).sort();
  assert.deepEqual(names, ['vrsky-bills-test', 'vrsky-bills-test-2']);
});

test('workers on a core subject share its messages, also those under another name of the flow', async (t) => {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const config = { servers: server.url, subject: 'events' };
  const runs = ['bills', 'bills', 'invoices'].map((flow) =>
    startConsumer(t, config, { flow, origin: 'bills' }),
  );
  const counts = [0, 0, 0];
  for (const [index, run] of runs.entries()) {
    void (async () => {
      for (;;) {
        await (await run.next()).ack();
        counts[index] = (counts[index] ?? 0) + 1;
      }
    })().catch(() => undefined);
  }
  await eventually('somebody listens', () =>
    connection.request('events', 'hello').then(
      (answer) => answer.string() === '+ACK',
      () => false,
    ),
  );
  for (let index = 0; index < 50; index++) connection.publish('events', String(index));
  const sum = () => counts.reduce((all, count) => all + count);
  await eventually('all are there', () => sum() >= 51);
  await settle();
  assert.equal(sum(), 51);
});

test('what was sent before a consumer of a core subject was told to stop is still given, and nothing that came later', async (t) => {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const run = startConsumer(t, { servers: server.url, subject: 'events' });
  await run.context.listening$;
  for (let index = 0; index < 50; index++) connection.publish('events', String(index));
  await connection.flush();
  run.context.stop();
  for (let index = 0; index < 50; index++) {
    const delivery = await run.next();
    assert.equal(Buffer.from(delivery.payload.bytes()).toString(), String(index));
    await delivery.ack();
  }
  connection.publish('events', 'late');
  await assert.rejects(run.next(), /the consumer ended/);
});

test('a message that was not stored comes again after the time that was asked for; one that never can is given up', async (t) => {
  const { client, config, manager } = await withStream(t);
  const run = startConsumer(t, config);
  await client.publish('orders.new', 'one');
  const first = await run.next();
  const askedAt = performance.now();
  await first.nack({ ...busy, retryAfterMs: 200 });
  const again = await run.next();
  assert.ok(performance.now() - askedAt >= 190);
  assert.equal(again.id, first.id);
  await again.nack({ kind: 'refused', message: 'too large\nfor the stream', retryAfterMs: 0 });
  await eventually('nothing is pending', async () => {
    const info = await manager.consumers.info('ORDERS', 'vrsky-test-flow-test');
    return info.num_ack_pending === 0 && info.num_pending === 0;
  });
});

test('acknowledgements still count when the flow has been told to stop', async (t) => {
  const { client, config, manager } = await withStream(t);
  const run = startConsumer(t, config);
  await client.publish('orders.new', 'one');
  const delivery = await run.next();
  const stopped = run.stop();
  await settle();
  await delivery.ack();
  await stopped;
  const info = await manager.consumers.info('ORDERS', 'vrsky-test-flow-test');
  assert.equal(info.num_ack_pending, 0);
});

test('what was fetched ahead is offered to others at once when the flow is told to stop', async (t) => {
  const { client, config, manager } = await withStream(t);
  const run = startConsumer(t, { ...config, ackWait: '1h' });
  for (let index = 0; index < 50; index++) await client.publish('orders.new', String(index));
  const first = await run.next();
  await eventually('messages are fetched ahead', async () => {
    const { num_ack_pending: ahead } = await manager.consumers.info('ORDERS', 'vrsky-test-flow-test');
    return ahead === 50;
  });
  const stopped = run.stop();
  await first.ack();
  await stopped;
  const other = startConsumer(t, { ...config, ackWait: '1h' });
  const seen = new Set<string>();
  while (seen.size < 49) {
    const delivery = await other.next();
    seen.add(Buffer.from(delivery.payload.bytes()).toString());
    await delivery.ack();
  }
  assert.ok(!seen.has('0'));
});

test('a stream that is made anew gives other ids for the same sequences', async (t) => {
  const { client, config, manager } = await withStream(t);
  const ids: (string | undefined)[] = [];
  for (let round = 0; round < 2; round++) {
    await client.publish('orders.new', 'one');
    const run = startConsumer(t, config);
    const delivery = await run.next();
    ids.push(delivery.id);
    await delivery.ack();
    await run.stop();
    await manager.streams.delete('ORDERS');
    await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  }
  assert.match(ids[0] ?? '', /^ORDERS-1-\d+$/);
  assert.notEqual(ids[0], ids[1]);
});

test('a durable that is somebody else’s is left alone', async (t) => {
  const { config, manager } = await withStream(t);
  await manager.consumers.add('ORDERS', {
    durable_name: 'theirs',
    ack_policy: AckPolicy.Explicit,
    filter_subject: 'orders.se',
  });
  const run = startConsumer(t, { ...config, durable: 'theirs' });
  await assert.rejects(run.next(), (error: Error) => {
    assert.ok(error instanceof PermanentError);
    assert.match(error.message, /the durable theirs exists with subject orders\.se and ack policy explicit/);
    return true;
  });
});

test('a stream or durable that is missing, or goes away, ends the consumer as not connected', async (t) => {
  const { config, manager } = await withStream(t);
  const missing = startConsumer(t, { ...config, stream: 'NOWHERE' });
  await assert.rejects(missing.next(), (error: Error) => {
    assert.ok(error instanceof NotConnectedError);
    assert.match(error.message, /cannot read the stream NOWHERE/);
    return true;
  });
  const run = startConsumer(t, config);
  await eventually(
    'the durable is there',
    async () => (await manager.consumers.list('ORDERS').next()).length > 0,
  );
  await settle();
  await manager.consumers.delete('ORDERS', 'vrsky-test-flow-test');
  await assert.rejects(run.next(), NotConnectedError);
});

test('a subject that the credentials do not cover ends the consumer for good', async (t) => {
  const config = 'authorization { users: [{ user: u, password: p, permissions: { subscribe: ["ok"] } }] }';
  const server = await withServer(t, { config });
  const run = startConsumer(t, { servers: server.url, user: 'u', password: 'p', subject: 'no' });
  await assert.rejects(run.next(), PermanentError);
});

test('a core message that could not be stored is kept and offered again, in memory', async (t) => {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const run = startConsumer(t, { servers: server.url, subject: 'events' });
  const answer = (async () => {
    for (;;) {
      try {
        return (await connection.request('events', 'one', { timeout: patienceMs })).string();
      } catch (error) {
        if (!/no responders/i.test((error as Error).message)) throw error;
      }
    }
  })();
  await (await run.next()).nack(busy);
  await (await run.next()).ack();
  assert.equal(await answer, '+ACK');
});
