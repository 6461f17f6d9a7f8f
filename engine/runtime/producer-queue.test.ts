import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteOutcome } from '../connector/contract.ts';
import { batchOf, breakerOf } from '../flow/policies.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { FakeClock } from './fake-clock.ts';
import { NotTriedError, ProducerQueue, type ProducerQueueParts } from './producer-queue.ts';

type Answer = (values: readonly unknown[]) => readonly WriteOutcome[];

const delivered: Answer = (values) => values.map(() => ({ kind: 'delivered' }));
const busy: Answer = (values) => values.map(() => ({ kind: 'retry', error: new Error('busy') }));

function described(outcome: WriteOutcome): string {
  return outcome.kind === 'retry' && outcome.error instanceof NotTriedError ? 'not tried' : outcome.kind;
}

function queueOf(more: Partial<ProducerQueueParts>, maxBatch?: number) {
  const clock = new FakeClock();
  const batches: (readonly unknown[])[] = [];
  const outcomes: string[] = [];
  const log: string[] = [];
  const side = { answer: delivered };
  const queue = new ProducerQueue({
    producer: {
      write: async (messages) => {
        const values = messages.map(({ payload }) => payload.value());
        batches.push(values);
        return side.answer(values);
      },
      close: async () => undefined,
      ...(maxBatch === undefined ? {} : { maxBatch }),
      maxConcurrency: 1,
    },
    batch: batchOf(),
    breaker: breakerOf(),
    deadlineMs: 60_000,
    signal: new AbortController().signal,
    clock,
    log: (_level, message) => log.push(message),
    ...more,
  });
  const pushFor = (stopping: AbortSignal | undefined, ...values: readonly unknown[]) => {
    for (const value of values) {
      const message = { payload: Payload.ofValue(value), acceptedAt: clock.now() } as unknown as Message;
      queue.push(message, (outcome) => outcomes.push(`${value} ${described(outcome)}`), stopping);
    }
  };
  const push = (...values: readonly unknown[]) => pushFor(undefined, ...values);
  return { queue, clock, batches, outcomes, log, side, push, pushFor };
}

test('a batch goes when it is full, the rest when its time is over', async () => {
  const { clock, batches, push } = queueOf({ batch: batchOf({ messages: 2, wait: '100ms' }) }, 10);
  push(1, 2, 3);
  await clock.advance(0);
  assert.deepEqual(batches, [[1, 2]]);
  await clock.advance(99);
  assert.equal(batches.length, 1);
  await clock.advance(1);
  assert.deepEqual(batches[1], [3]);
});

test('between two batches a producer rests: what comes meanwhile shares one, a full one goes at once', async () => {
  const producer = {
    write: async (messages: readonly Message[]) => {
      written.push(messages.map(({ payload }) => payload.value()));
      return messages.map(() => ({ kind: 'delivered' }) as const);
    },
    close: async () => undefined,
    maxBatch: 3,
    maxConcurrency: 1,
    restMs: 5,
  };
  const written: (readonly unknown[])[] = [];
  const { clock, push } = queueOf({ producer });
  push(1);
  await clock.advance(0);
  assert.deepEqual(written, [[1]], 'alone, at once');
  push(2);
  await clock.advance(3);
  push(3);
  await clock.advance(1);
  assert.equal(written.length, 1);
  await clock.advance(1);
  assert.deepEqual(written[1], [2, 3]);
  push(4, 5, 6);
  await clock.advance(0);
  assert.deepEqual(written[2], [4, 5, 6]);
  await clock.advance(100);
  push(7);
  await clock.advance(0);
  assert.deepEqual(written[3], [7]);
});

test('a batch holds so many bytes at most, and a larger message goes alone', async () => {
  const { clock, batches, push } = queueOf({ batch: batchOf({ messages: 10, bytes: '10B' }) }, 10);
  push('aaaa', 'bb', 'c'.repeat(50), 'd');
  await clock.advance(0);
  assert.deepEqual(batches, [['aaaa', 'bb'], ['c'.repeat(50)], ['d']]);
});

test('a connector that takes single messages gets single messages', async () => {
  const { clock, batches, push } = queueOf({ batch: batchOf({ messages: 10 }) });
  push(1, 2);
  await clock.advance(0);
  assert.deepEqual(batches, [[1], [2]]);
});

test('every message of a batch has its own outcome', async () => {
  const { clock, outcomes, side, push } = queueOf({}, 10);
  side.answer = (values) =>
    values.map((value) =>
      value === 2 ? { kind: 'rejected', error: new Error('never') } : { kind: 'delivered' },
    );
  push(1, 2, 3);
  await clock.advance(0);
  assert.deepEqual(outcomes, ['1 delivered', '2 rejected', '3 delivered']);
});

test('after failures in a row one message asks now and then, and nothing is spent on the others', async () => {
  const { clock, batches, outcomes, log, side, push } = queueOf({
    breaker: breakerOf({ failures: 3, probe: '5s' }),
  });
  side.answer = busy;
  push(1, 2, 3, 4, 5);
  await clock.advance(0);
  assert.deepEqual(outcomes, ['1 retry', '2 retry', '3 retry']);
  await clock.advance(10_000);
  assert.deepEqual(batches.slice(3), [[4], [4]]);
  assert.equal(outcomes.length, 3);
  side.answer = delivered;
  await clock.advance(5_000);
  assert.deepEqual(outcomes.slice(3), ['4 delivered', '5 delivered']);
  assert.deepEqual(log, [
    '3 deliveries in a row failed (busy): paused, asking every 5 s',
    'answers again: going on',
  ]);
});

test('what a slow batch delivered while the other side was asked again is not delivered a second time', async () => {
  const slow = Promise.withResolvers<readonly WriteOutcome[]>();
  const batches: number[] = [];
  const producer = {
    maxBatch: 2,
    maxConcurrency: 2,
    write: (messages: readonly Message[]) => {
      batches.push(messages.length);
      return batches.length === 1 ? slow.promise : Promise.resolve(busy(messages));
    },
    close: async () => undefined,
  };
  const { clock, outcomes, push } = queueOf({ producer, breaker: breakerOf({ failures: 2, probe: '5s' }) });
  push(1, 2, 3, 4);
  await clock.advance(5_000);
  slow.resolve([{ kind: 'delivered' }, { kind: 'retry', error: new Error('busy') }]);
  await clock.advance(0);
  assert.deepEqual(outcomes, ['3 retry', '4 retry', '1 delivered', '2 retry']);
  assert.deepEqual(batches, [2, 2, 1]);
});

test('when the flow stops whatever waits hears of it, also while the other side is down', async () => {
  const stopping = new AbortController();
  const { clock, batches, outcomes, side, push } = queueOf({
    signal: stopping.signal,
    breaker: breakerOf({ failures: 1, probe: '5s' }),
  });
  side.answer = busy;
  push(1, 2, 3);
  await clock.advance(0);
  stopping.abort();
  await clock.advance(0);
  push(4);
  await clock.advance(0);
  assert.deepEqual(outcomes, ['1 retry', '2 not tried', '3 not tried', '4 not tried']);
  assert.deepEqual(batches, [[1]]);
});

test('what waits for a producer past its deadline hears of the failure', async () => {
  const { clock, outcomes, side, push } = queueOf({ breaker: breakerOf({ failures: 1, probe: '50s' }) });
  side.answer = busy;
  push(1, 2);
  await clock.advance(50_000);
  assert.deepEqual(outcomes, ['1 retry']);
  await clock.advance(50_000);
  assert.deepEqual(outcomes, ['1 retry', '2 retry']);
});

test('a stage that stops gets back what waits for a producer that is away; what others sent goes on waiting', async () => {
  const { queue, clock, outcomes, side, push, pushFor } = queueOf({ breaker: breakerOf({ failures: 1 }) });
  side.answer = busy;
  push(1);
  await clock.advance(0);
  const stopping = new AbortController();
  pushFor(stopping.signal, 2, 3);
  push(4);
  await clock.advance(0);
  assert.deepEqual(outcomes, ['1 retry']);
  stopping.abort();
  queue.giveBack();
  assert.deepEqual(outcomes, ['1 retry', '2 not tried', '3 not tried']);
  side.answer = delivered;
  await clock.advance(60_000);
  assert.deepEqual(outcomes.at(-1), '4 delivered');
});

test('a stage that stops loses nothing that can be written', async () => {
  const { queue, clock, outcomes, pushFor } = queueOf({});
  pushFor(AbortSignal.abort(), 1, 2);
  queue.giveBack();
  await clock.advance(0);
  await clock.advance(0);
  assert.deepEqual(outcomes, ['1 delivered', '2 delivered']);
});
