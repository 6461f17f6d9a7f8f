import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile/compile.ts';
import type { CompiledFlow, ConsumerNode } from '../compile/program.ts';
import { graphOf } from '../compile/sample-graph.ts';
import type { Delivery, JsonValue, NackCause } from '../connector/contract.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { Payload } from '../payload/payload.ts';
import { systemClock } from './clock.ts';
import { FakePublisher } from './fake-broker.ts';
import { FlowStats } from './flow-stats.ts';
import { Ingest } from './ingest.ts';
import { memoryPayloads } from './test-payloads.ts';

const consumer: ConsumerNode = {
  name: 'in',
  type: 'http',
  config: {},
  stages: [{ stage: 'shape', subject: 'flow.orders.shape' }],
};

const flow = compile([graphOf('orders', ['out'], [], ['out'])], { tenant: 'default' }).value
  ?.flows[0] as CompiledFlow;

interface Offered extends Partial<Delivery> {
  readonly text?: string;
}

async function ingest(
  offers: readonly Offered[],
  publisher = new FakePublisher(),
  { isLive = false, isStopped = false, isOurs = (): boolean => true, stages = consumer.stages } = {},
) {
  const settled: (string | NackCause['kind'])[] = offers.map(() => 'open');
  const cursors: JsonValue[] = [];
  const stats = new FlowStats();
  const stop = new AbortController();
  if (isStopped) stop.abort();
  async function* deliveries(): AsyncGenerator<Delivery> {
    for (const [index, offer] of offers.entries()) {
      yield {
        payload: Payload.ofBytes(Buffer.from(offer.text ?? '{}')),
        ack: () => {
          settled[index] = 'ack';
        },
        nack: ({ kind }) => {
          settled[index] = kind;
        },
        ...offer,
      };
    }
  }
  const saveCursor = (cursor: JsonValue) => void cursors.push(cursor);
  const { payloads, store, bucket } = memoryPayloads(flow);
  await new Ingest({
    flow: 'orders',
    consumer: { ...consumer, stages },
    publisher,
    payloads,
    clock: systemClock,
    stats,
    signal: stop.signal,
    isLive,
    isOurs,
    saveCursor,
    log: () => undefined,
  }).run(deliveries());
  return { settled, cursors, stats, publisher, store, bucket };
}

test('a delivery is acknowledged after it is stored', async () => {
  const { settled, stats, publisher } = await ingest([
    { text: '{"id":1}', headers: { 'X-Kind': 'a' }, key: 'grüße' },
  ]);
  assert.deepEqual([settled, stats.accepted], [['ack'], 1]);
  const [stored] = publisher.published;
  assert.deepEqual(
    [stored?.subject, stored?.data, stored?.headers['x-kind'], stored?.headers['Vrsky-Key']],
    ['flow.orders.shape', '{"id":1}', 'a', 'gr%C3%BC%C3%9Fe'],
  );
});

test('a full stream is answered busy, a message that can never be stored refused', async () => {
  const publisher = new FakePublisher();
  const errors = [
    new VrskyError('VRS8101', 'full', { retryable: true }),
    new VrskyError('VRS8103', 'too large'),
  ];
  publisher.fail = () => errors.shift();
  const { settled, stats } = await ingest([{}, {}, {}], publisher);
  assert.deepEqual([settled, stats.accepted], [['busy', 'refused', 'ack'], 1]);
});

test('what a live source has taken is stored also when the flow stops; others are asked for nothing more', async () => {
  const stopped = (isLive: boolean) => ingest([{}, {}, {}], new FakePublisher(), { isLive, isStopped: true });
  assert.deepEqual((await stopped(true)).settled, ['ack', 'ack', 'ack']);
  assert.deepEqual((await stopped(false)).settled, ['ack', 'open', 'open']);
});

test('a message that one stage has and another has no room for is not given back, but stored for the other later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ticking = setInterval(() => t.mock.timers.tick(1000), 1);
  t.after(() => clearInterval(ticking));
  const publisher = new FakePublisher();
  let refusals = 2;
  publisher.fail = (subject) =>
    subject.endsWith('.shop') && refusals-- > 0
      ? new VrskyError('VRS8101', 'full', { retryable: true })
      : undefined;
  const stages = ['archive', 'shop'].map((stage) => ({ stage, subject: `flow.orders.${stage}` }));
  const { settled } = await ingest([{}], publisher, { stages });
  const stored = publisher.published.map(({ subject }) => subject);
  assert.deepEqual([settled, stored], [['ack'], ['flow.orders.archive', 'flow.orders.shop']]);
});

test('nothing is stored for a source that another worker may have taken over', async () => {
  const { settled, publisher } = await ingest([{}], new FakePublisher(), { isOurs: () => false });
  assert.deepEqual([settled, publisher.published], [['busy'], []]);
});

test('a source with a cursor waits while the platform is short, and loses nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const publisher = new FakePublisher();
  let failures = 2;
  publisher.fail = () =>
    failures-- > 0 ? new VrskyError('VRS8102', 'away', { retryable: true }) : undefined;
  const ticking = setInterval(() => t.mock.timers.tick(1000), 1);
  t.after(() => clearInterval(ticking));
  const { settled, cursors } = await ingest([{ cursor: 1 }], publisher);
  assert.deepEqual([settled, cursors], [['ack'], [1]]);
});

test('a cursor counts only when everything before it is stored', async () => {
  const publisher = new FakePublisher();
  const first = Promise.withResolvers<void>();
  const slow = publisher.publish.bind(publisher);
  publisher.publish = async (subject, data, headers, id) => {
    if (Buffer.from(data).toString() === 'slow') await first.promise;
    return slow(subject, data, headers, id);
  };
  const acked = () => first.resolve();
  const { cursors } = await ingest(
    [
      { cursor: 1, text: 'slow' },
      { cursor: 2, ack: acked },
    ],
    publisher,
  );
  assert.equal(cursors.at(-1), 2);
  assert.ok(cursors.length === 1 || cursors[0] === 1);
});

test("headers of the platform's own and headers that would forge others do not come in", async () => {
  const { publisher } = await ingest([
    {
      headers: {
        'Vrsky-Accepted': '1',
        'nats-msg-id': 'x',
        'x-bad': 'a\r\nb: c',
        'x y': 'z',
        'x-good': 'yes',
      },
    },
  ]);
  const names = Object.keys(publisher.published[0]?.headers ?? {});
  assert.deepEqual(names, ['Vrsky-Id', 'Vrsky-Accepted', 'Content-Type', 'x-good']);
  assert.notEqual(publisher.published[0]?.headers['Vrsky-Accepted'], '1');
});

test("the source's own id decides what is stored once", async () => {
  const { publisher } = await ingest([{ id: 'hook 1' }, {}]);
  assert.equal(publisher.published[0]?.id, 'orders/in/shape/hook%201');
  assert.match(publisher.published[1]?.id ?? '', /\/shape$/);
});

test('copies that may meet again are stored under ids of their own', async () => {
  const stages = ['left', 'right', 'aside'].map((stage) => ({
    ...{ stage, subject: `flow.orders.${stage}` },
    ...(stage === 'aside' ? {} : { copy: true as const }),
  }));
  const { publisher } = await ingest([{}], new FakePublisher(), { stages });
  const [left, right, id] = publisher.published.map(({ headers }) => headers['Vrsky-Id']);
  assert.deepEqual([left, right], [`${id}~left`, `${id}~right`]);
});
