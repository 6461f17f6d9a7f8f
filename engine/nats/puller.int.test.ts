import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { eventually } from '../connector/conformance/patience.ts';
import { withServer } from '../devserver/test-server.ts';
import type { Inbound } from '../runtime/ports.ts';
import { connectTest, flowsStream, stageConsumer } from './test-broker.ts';

const pullOptions = { spec: stageConsumer, maxMessages: 100, maxBytes: 1 << 24 };

/** Collects until `count` messages came; each is settled by `settle`. */
function collector(count: number, settle: (message: Inbound) => void) {
  const all = Promise.withResolvers<readonly Inbound[]>();
  const messages: Inbound[] = [];
  const onMessage = (message: Inbound) => {
    messages.push(message);
    settle(message);
    if (messages.length === count) all.resolve(messages);
  };
  return { messages, onMessage, done: all.promise };
}

test('every stored message is handed out once when it is acknowledged', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  const count = 2_000;
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      broker.publisher.publish('flow.orders.in', Buffer.from(String(index)), [['Vrsky-Id', `m${index}`]]),
    ),
  );
  const { onMessage, done } = collector(count, (message) => message.ack());
  const puller = broker.pull({ ...pullOptions, onMessage });
  const messages = await done;
  assert.equal(new Set(messages.map((message) => message.streamSequence)).size, count);
  assert.deepEqual(
    [messages[0]?.deliveries, messages[0]?.header('Vrsky-Id'), messages[0]?.subject],
    [1, 'm0', 'flow.orders.in'],
  );
  assert.ok(Math.abs((messages[0]?.storedAtMs ?? 0) - Date.now()) < 60_000);
  await puller.stop(1000);
  // What was acknowledged last is on its way still.
  await eventually('all are gone from the stream', async () => {
    return Object.keys(await cluster.messagesBySubject('FLOWS', 'flow.>')).length === 0;
  });
});

test('no more than the bound is handed out unsettled', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  await Promise.all(
    Array.from({ length: 500 }, () => broker.publisher.publish('flow.orders.in', Buffer.from('x'), [])),
  );
  const { messages, onMessage, done } = collector(100, () => undefined);
  const puller = broker.pull({ ...pullOptions, onMessage });
  await done;
  await cluster.listConsumers('FLOWS');
  assert.equal(messages.length, 100);
  for (const message of messages.slice()) message.ack();
  await puller.stop(1000);
});

test('a refused message comes again after its delay, with the count of deliveries', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  await broker.publisher.publish('flow.orders.in', Buffer.from('x'), []);
  const { onMessage, done } = collector(3, (message) =>
    message.deliveries < 3 ? message.nak(20) : message.ack(),
  );
  const puller = broker.pull({ ...pullOptions, onMessage });
  assert.deepEqual(
    (await done).map((message) => message.deliveries),
    [1, 2, 3],
  );
  await puller.stop(1000);
});

test('after the server was killed the JetStream consumer is created again and finds what was not acknowledged', async (t) => {
  const server = await withServer(t);
  const { broker, cluster } = await connectTest(t, server.url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      broker.publisher.publish('flow.orders.in', Buffer.from(String(index)), []),
    ),
  );
  const first = collector(10, (message) => {
    if (message.streamSequence <= 4) message.ack();
  });
  const later = Promise.withResolvers<void>();
  const again = new Set<number>();
  const puller = broker.pull({
    ...pullOptions,
    onMessage: (message) => {
      if (first.messages.length < 10) return first.onMessage(message);
      message.ack();
      // What was acknowledged a moment before the kill may come again; what was not must.
      if (message.streamSequence > 4) again.add(message.streamSequence);
      if (again.size === 6) later.resolve();
    },
  });
  await first.done;
  // A round trip behind the acknowledgements: the server has them.
  await cluster.listConsumers('FLOWS');
  await server.killAndRestart();
  await later.promise;
  assert.deepEqual(
    [...again].toSorted((a, b) => a - b),
    [5, 6, 7, 8, 9, 10],
  );
  await puller.stop(1000);
});

test('a puller that stops gives back what is on its way', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  const puller = broker.pull({ ...pullOptions, onMessage: () => assert.fail('it was stopped') });
  await puller.stop(1000);
  await broker.publisher.publish('flow.orders.in', Buffer.from('x'), []);
  const { onMessage, done } = collector(1, (message) => message.ack());
  const other = broker.pull({ ...pullOptions, onMessage });
  assert.equal((await done).length, 1);
  await other.stop(1000);
});

test('a JetStream consumer deleted under a waiting puller is created again', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  const events = new EventTarget();
  const { onMessage, done } = collector(1, (message) => message.ack());
  const puller = broker.pull({
    ...pullOptions,
    onMessage,
    onEvent: () => events.dispatchEvent(new Event('event')),
  });
  await cluster.listConsumers('FLOWS');
  const recreated = once(events, 'event');
  await cluster.deleteConsumer('FLOWS', stageConsumer.name);
  await recreated;
  await broker.publisher.publish('flow.orders.in', Buffer.from('x'), []);
  await done;
  await puller.stop(1000);
});
