import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../connector/contract.ts';
import { Payload } from '../payload/payload.ts';
import { systemClock } from './clock.ts';
import { type ConsumerRunnerParts, runConsumer } from './consumer-runner.ts';
import { FakePublisher } from './fake-broker.ts';
import { FlowFailures } from './flow-failures.ts';
import { FlowStats } from './flow-stats.ts';

test('a consumer of which only one runs keeps the version before it, which has the lease, not waiting', async () => {
  const stop = new AbortController();
  const { signal } = stop;
  let told = 0;
  const running = runConsumer({
    connector: { id: 'tick', schema: {}, capabilities: { singleton: true } },
    config: {},
    node: { name: 'tick' },
    context: { signal, log: () => undefined },
    failures: new FlowFailures(),
    broker: {
      // Somebody has it, and goes on having it.
      lease: () => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
    },
    listening: () => told++,
  } as unknown as ConsumerRunnerParts);
  assert.equal(told, 1);
  stop.abort();
  await running;
});

test('a cursor that cannot be kept now is kept later, also when the source is quiet from then on', {
  timeout: 20_000,
}, async () => {
  const stop = new AbortController();
  const { signal } = stop;
  const tries: unknown[] = [];
  const kept = Promise.withResolvers<void>();
  const state = {
    get: async () => undefined,
    put: async (_key: string, cursor: unknown) => {
      if (tries.push(cursor) === 1) throw new Error('nobody leads the stream of the bucket');
      kept.resolve();
    },
  };
  async function* consumer(): AsyncGenerator<Delivery> {
    const settled = { ack: () => undefined, nack: () => undefined };
    yield { payload: Payload.ofValue({}), cursor: 7, ...settled };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }
  const running = runConsumer({
    connector: { id: 'quiet', schema: {}, capabilities: {}, consumer },
    config: {},
    node: { name: 'quiet', stages: [{ stage: 'out', subject: 'flow.f.out' }] },
    context: { signal, log: () => undefined },
    failures: new FlowFailures(),
    stats: new FlowStats(),
    clock: systemClock,
    payloads: { isInline: () => true },
    broker: { bucket: async () => state, publisher: new FakePublisher() },
    listening: () => undefined,
  } as unknown as ConsumerRunnerParts);
  await kept.promise;
  assert.deepEqual(tries, [7, 7]);
  stop.abort();
  await running;
});
