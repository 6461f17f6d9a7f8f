import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile/compile.ts';
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { graphOf, step } from '../compile/sample-graph.ts';
import type { Producer, WriteOutcome } from '../connector/contract.ts';
import { PermanentError, RetryableError } from '../connector/errors.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { compileTemplate } from '../expression/index.ts';
import { batchOf, breakerOf } from '../flow/policies.ts';
import { stepTypes } from '../steps/index.ts';
import { systemClock } from './clock.ts';
import { FakePublisher, fakeBroker, inboundMessage } from './fake-broker.ts';
import { redactor } from './flow-context.ts';
import { FlowStats } from './flow-stats.ts';
import { NotTriedError, ProducerQueue } from './producer-queue.ts';
import { SettledMemory } from './settled-memory.ts';
import { compileStage } from './stage-program.ts';
import { StageRunner } from './stage-runner.ts';
import { memoryPayloads } from './test-payloads.ts';
import { TailSwitch } from './trace.ts';

const stepContext = {
  flow: 'orders',
  step: 'shape',
  claim: (_key: string, holder: string) => Promise.resolve(holder),
  lookup: () => assert.fail(),
};
const queueFor = (producer: Producer) =>
  new ProducerQueue({
    producer,
    batch: batchOf(),
    breaker: breakerOf(),
    deadlineMs: 60_000,
    signal: running,
    clock: systemClock,
    log: () => undefined,
  });
const running = new AbortController().signal;

/** The flow `orders`: a filter, then one producer (or two) that answer what `write` answers. */
function runner(
  write: () => WriteOutcome | Promise<WriteOutcome>,
  options: { readonly producers?: readonly string[]; readonly when?: string } = {},
) {
  const producers = options.producers ?? ['out'];
  const filter = step('shape', 'filter', producers, { config: { when: options.when ?? 'id > 0' } });
  const graph = graphOf('orders', ['shape'], [filter], producers, {
    delivery: { attempts: 3, backoff: { initialMs: 1000, factor: 2, maxMs: 4000 }, deadlineMs: 60_000 },
  });
  const flow = compile([graph], { tenant: 'default' }).value?.flows[0] as CompiledFlow;
  const stage = flow.stages[0] as Stage;
  const publisher = new FakePublisher();
  const { broker, hand } = fakeBroker(publisher);
  const stats = new FlowStats();
  const producer: Producer = {
    write: (batch) => Promise.all(batch.map(write)),
    close: () => Promise.resolve(),
  };
  const { payloads, store, bucket } = memoryPayloads(flow);
  new StageRunner({
    flow,
    stream: flow.stream,
    stage,
    run: compileStage(stage, stepTypes, () => stepContext),
    producers: new Map(producers.map((name) => [name, queueFor(producer)])),
    payloads,
    broker,
    stats,
    tail: new TailSwitch(broker, 'orders', running),
    redact: redactor(['s3cret-token']),
    log: () => undefined,
    settled: new SettledMemory(),
    gates: [],
    clock: systemClock,
  }).start();
  return { publisher, stats, hand, payloads, store, bucket };
}

const delivered = (): WriteOutcome => ({ kind: 'delivered' });

test('a delivered message is acknowledged after the producer confirmed it', async () => {
  const { stats, hand } = runner(delivered);
  const { message, settled } = inboundMessage('{"id":1}');
  hand(message);
  assert.equal(await settled, 'ack');
  assert.deepEqual([stats.delivered, stats.filtered], [{ out: 1 }, 0]);
});

test('a filtered message is acknowledged and counted', async () => {
  const { stats, hand } = runner(delivered);
  const { message, settled } = inboundMessage('{"id":-1}');
  hand(message);
  assert.equal(await settled, 'ack');
  assert.deepEqual([stats.delivered, stats.filtered], [{}, 1]);
});

test('what may pass is tried again after the backoff, or later when the other side asks', async () => {
  const { hand } = runner(() => ({ kind: 'retry', error: new RetryableError('busy', { afterMs: 30_000 }) }));
  const { message, settled } = inboundMessage('{"id":1}');
  hand(message);
  assert.deepEqual(await settled, { nak: 30_000 });
});

test('what was not tried because the flow stops goes back, also at its last attempt', async () => {
  const { publisher, stats, hand } = runner(() => ({ kind: 'retry', error: new NotTriedError('stopped') }));
  const { message, settled } = inboundMessage('{"id":1}', {}, 3);
  hand(message);
  assert.deepEqual(await settled, { nak: 0 });
  assert.deepEqual([publisher.published, stats.retried, stats.deadLettered], [[], 0, 0]);
});

test('a refused message is stored as dead letter before it is acknowledged, cause chain and all, without secrets', async () => {
  const error = new PermanentError('400 for s3cret-token', {
    cause: new Error('the field total is missing'),
  });
  const { publisher, stats, hand } = runner(() => ({ kind: 'rejected', error }));
  const { message, settled } = inboundMessage('{"id":1}', {
    'Vrsky-Id': 'm1',
    'Content-Type': 'application/json',
  });
  hand(message);
  assert.equal(await settled, 'ack');
  const [letter] = publisher.published;
  assert.deepEqual(
    [letter?.subject, letter?.data, letter?.id],
    ['dead.orders.shape', '{"id":1}', `dead/orders/shape/7/${message.storedAtMs}`],
  );
  assert.deepEqual(JSON.parse(decodeURIComponent(letter?.headers['Vrsky-Dead-Causes'] ?? '')), [
    '400 for ***',
    'the field total is missing',
  ]);
  assert.deepEqual(
    [letter?.headers['Vrsky-Dead-Because'], letter?.headers['Vrsky-Dead-Node'], letter?.headers['Vrsky-Id']],
    ['permanent', 'out', 'm1'],
  );
  assert.equal(stats.deadLettered, 1);
});

test('a producer whose template comes to nothing leaves a dead letter that says so, however it wraps and answers that', async () => {
  const { value: template } = compileTemplate('out/{{ country }}.json');
  const fails = (): Error => {
    try {
      template?.render({});
    } catch (error) {
      return new PermanentError(`path: ${(error as Error).message}`, { cause: error });
    }
    throw new Error('it came to something');
  };
  for (const kind of ['rejected', 'retry'] as const) {
    const { publisher, hand } = runner(() => ({ kind, error: fails() }));
    const { message, settled } = inboundMessage('{"id":1}');
    hand(message);
    assert.equal(await settled, 'ack');
    const { headers } = publisher.published[0] as { headers: Record<string, string> };
    assert.deepEqual([headers['Vrsky-Dead-Code'], headers['Vrsky-Dead-Because']], ['VRS4101', 'permanent']);
    assert.match(
      decodeURIComponent(headers['Vrsky-Dead-Causes'] ?? ''),
      /path: \{\{ country \}\} came to nothing/,
    );
  }
});

test('dead letters of messages with one sequence, in a stream and in its successor, are not taken for the same', async () => {
  const refused = () => runner(() => ({ kind: 'rejected', error: new PermanentError('no') }));
  const idOf = async (storedAtMs: number): Promise<string | undefined> => {
    const { publisher, hand } = refused();
    const { message, settled } = inboundMessage('{"id":1}');
    hand({ ...message, storedAtMs });
    await settled;
    return publisher.published[0]?.id;
  };
  const [first, repeated, other] = [await idOf(1000), await idOf(1000), await idOf(2000)];
  assert.equal(first, repeated);
  assert.notEqual(first, other);
});

test('what is handed out again while it is in hand, or after it was settled, is not processed again', async () => {
  const written = Promise.withResolvers<WriteOutcome>();
  let writes = 0;
  const { hand } = runner(() => {
    writes++;
    return written.promise;
  });
  const { message } = inboundMessage('{"id":1}');
  const inHand = inboundMessage('{"id":1}');
  const settled = inboundMessage('{"id":1}');
  const at = { storedAtMs: message.storedAtMs };
  hand(message);
  hand({ ...inHand.message, ...at });
  written.resolve({ kind: 'delivered' });
  assert.equal(await inHand.settled, 'ack', 'only the newest can be acknowledged');
  hand({ ...settled.message, ...at });
  assert.equal(await settled.settled, 'ack');
  assert.equal(writes, 1);
});

test('a message that runs out of attempts is a dead letter', async () => {
  const { publisher, hand } = runner(() => ({ kind: 'retry', error: new Error('still down') }));
  const { message, settled } = inboundMessage('{"id":1}', {}, 3);
  hand(message);
  assert.equal(await settled, 'ack');
  assert.equal(publisher.published[0]?.headers['Vrsky-Dead-Because'], 'attempts');
});

test('a dead letter that cannot be stored leaves the message where it is', async () => {
  const { publisher, hand } = runner(() => ({ kind: 'rejected', error: new PermanentError('no') }));
  publisher.fail = () => new VrskyError('VRS8101', 'full', { retryable: true });
  const { message, settled } = inboundMessage('{"id":1}');
  hand(message);
  assert.deepEqual(await settled, { nak: 4000 });
});

test('a payload that is no JSON is a dead letter that says where', async () => {
  const { publisher, hand } = runner(delivered);
  const { message, settled } = inboundMessage('{"id":');
  hand(message);
  assert.equal(await settled, 'ack');
  assert.equal(publisher.published[0]?.headers['Vrsky-Dead-Code'], 'VRS8201');
});

test('fan-out publishes under ids derived from where the message came from, the same at every try', async () => {
  const ids = [];
  for (const _try of [1, 2]) {
    const { publisher, hand } = runner(delivered, { producers: ['one', 'two'] });
    const { message, settled } = inboundMessage('{"id":1}');
    hand(message);
    assert.equal(await settled, 'ack');
    ids.push(publisher.published.map(({ subject, id }) => `${subject} ${id}`));
  }
  assert.deepEqual(ids[0], [
    'flow.orders.one orders/shape/7/one/orders-7',
    'flow.orders.two orders/shape/7/two/orders-7',
  ]);
  assert.deepEqual(ids[0], ids[1]);
});

test('a full stream ahead is waited for, whatever the attempts', async () => {
  const { publisher, hand } = runner(delivered, { producers: ['one', 'two'] });
  publisher.fail = (subject) =>
    subject === 'flow.orders.two' ? new VrskyError('VRS8101', 'full', { retryable: true }) : undefined;
  const { message, settled } = inboundMessage('{"id":1}', {}, 99);
  hand(message);
  assert.equal(typeof (await settled), 'object');
  assert.deepEqual(
    publisher.published.map(({ subject }) => subject),
    ['flow.orders.one'],
  );
});
