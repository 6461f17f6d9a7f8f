import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { graphOf, step } from '../compile/sample-graph.ts';
import { seenStream } from '../compile/topology.ts';
import { stage } from '../devserver/test-workers.ts';
import type { FlowGraph, JsonObject } from '../flow/graph.ts';
import type { Worker } from '../runtime/worker.ts';
import { connectTest } from './test-broker.ts';

/** Never gives up: on a slow machine a message that did would be missed by the test. */
const retrySoon = {
  delivery: {
    attempts: 100_000,
    backoff: { initialMs: 20, factor: 1, maxMs: 20 },
    deadlineMs: 3_600_000,
  },
};

/** One step of this type between source and producer. */
function flowWith(type: string, config: JsonObject, more: Partial<FlowGraph> = {}): FlowGraph {
  return graphOf('orders', ['wait'], [step('wait', type, ['out'], { config })], ['out'], {
    ...retrySoon,
    ...more,
  });
}

const numbers = (values: readonly unknown[]) => values.map((value) => (value as { readonly n: number }).n);

test('delay holds every message for its time', async (t) => {
  const scene = await stage(t, flowWith('delay', { for: '300ms' }));
  await scene.worker('a');
  const offeredAt = Date.now();
  await Promise.all([scene.offer({ n: 1 }), scene.offer({ n: 2 })]);
  await scene.written$(2);
  assert.ok(Date.now() - offeredAt >= 300);
  // Order is not promised without `ordering`.
  assert.deepEqual(numbers(scene.written).toSorted(), [1, 2]);
});

test('what a delay holds survives the end of its worker', async (t) => {
  const scene = await stage(t, flowWith('delay', { for: '1s' }));
  const first = await scene.worker('a');
  await scene.offer({ n: 1 });
  await first.stop();
  await scene.worker('b');
  await scene.written$(1);
});

test('throttle keeps the rate over all workers', async (t) => {
  const scene = await stage(t, flowWith('throttle', { rate: '50/s' }));
  await scene.worker('a');
  await scene.worker('b');
  const offeredAt = Date.now();
  await Promise.all(Array.from({ length: 26 }, (_, n) => scene.offer({ n })));
  await scene.written$(26);
  assert.ok(Date.now() - offeredAt >= 480, `26 messages at 50/s took ${Date.now() - offeredAt} ms`);
});

test('throttle bounds how many messages are under way', async (t) => {
  const scene = await stage(t, flowWith('throttle', { concurrency: 2 }));
  const two = Promise.withResolvers<void>();
  let under = 0;
  let most = 0;
  scene.outcome = async () => {
    most = Math.max(most, ++under);
    if (under === 2) two.resolve();
    await two.promise;
    under--;
    return { kind: 'delivered' };
  };
  await scene.worker('a');
  await Promise.all(Array.from({ length: 20 }, (_, n) => scene.offer({ n })));
  await scene.written$(20);
  assert.equal(most, 2);
});

test('a throttle of the flow and one of a producer hold as well', async (t) => {
  const graph = graphOf('orders', ['out'], [], ['out'], {
    throttle: { intervalMs: 10, burst: 1 },
    producers: [
      {
        name: 'out',
        type: 'log',
        config: {},
        batch: { bytes: 1 << 20, waitMs: 0 },
        breaker: { failures: 0, probeMs: 1000 },
        throttle: { intervalMs: 20, burst: 1 },
      },
    ],
  });
  const scene = await stage(t, graph);
  await scene.worker('a');
  const offeredAt = Date.now();
  await Promise.all(Array.from({ length: 16 }, (_, n) => scene.offer({ n })));
  await scene.written$(16);
  assert.ok(Date.now() - offeredAt >= 290);
});

test('dedupe lets the first message with a key pass, also after the server was killed', async (t) => {
  const scene = await stage(t, flowWith('dedupe', { key: 'n', window: '1h' }));
  await scene.worker('a');
  await Promise.all([1, 1, 2].map((n) => scene.offer({ n })));
  await scene.written$(2);
  await scene.server.killAndRestart();
  await Promise.all([1, 2, 3].map((n) => scene.offer({ n })));
  await scene.written$(3);
  assert.deepEqual(numbers(scene.written).toSorted(), [1, 2, 3]);
});

test('idempotency processes what a source sends again once, retries included', async (t) => {
  const graph = flowWith('map', { expression: '$' }, { idempotency: { key: 'n', windowMs: 60_000 } });
  const scene = await stage(t, graph);
  let tries = 0;
  scene.outcome = () =>
    ++tries % 2 === 0 ? { kind: 'delivered' } : { kind: 'retry', error: new Error('busy') };
  await scene.worker('a');
  await Promise.all([1, 2, 3, 1, 2, 3].map((n) => scene.offer({ n })));
  await scene.written$(3);
  await scene.offer({ n: 4 });
  await scene.written$(4);
  assert.deepEqual(numbers(scene.written).toSorted(), [1, 2, 3, 4]);
});

/** Resolves when a message of the flow is to be tried again. */
async function retried(worker: Worker): Promise<void> {
  while ((worker.flow('orders')?.stats().retried ?? 0) === 0) await setImmediate();
}

const groups = (written: readonly unknown[]) =>
  (written as readonly (readonly { readonly n: number }[])[]).map(numbers);

test('aggregate completes a group on its count', async (t) => {
  const scene = await stage(t, flowWith('aggregate', { key: 'k', count: 3, timeout: '1h' }));
  await scene.worker('a');
  for (const n of [1, 2, 3, 4, 5, 6]) await scene.offer({ k: n % 2, n });
  await scene.written$(2);
  assert.deepEqual(groups(scene.written).toSorted(), [
    [1, 3, 5],
    [2, 4, 6],
  ]);
});

test('aggregate completes on a condition and after a time', async (t) => {
  const scene = await stage(t, flowWith('aggregate', { key: 'k', when: '$[-1].last', timeout: '2s' }));
  await scene.worker('a');
  // All at once: however slow the machine is, they are stored well within the time of one group.
  await Promise.all([1, 2, 3].map((n) => scene.offer({ k: 'x', n, last: n === 2 })));
  await scene.written$(2);
  assert.deepEqual(groups(scene.written), [[1, 2], [3]]);
});

test('an open group survives the end of its worker and of its server', async (t) => {
  const scene = await stage(t, flowWith('aggregate', { key: 'k', count: 4, timeout: '1h' }));
  const first = await scene.worker('a');
  await scene.offer({ k: 'x', n: 1 });
  await scene.offer({ k: 'x', n: 2 });
  await first.stop();
  await scene.worker('b');
  await scene.offer({ k: 'x', n: 3 });
  await scene.server.killAndRestart();
  await scene.offer({ k: 'x', n: 4 });
  await scene.written$(1);
  assert.deepEqual(groups(scene.written), [[1, 2, 3, 4]]);
});

test('a message that failed on its way into a group is gathered when it is tried again', async (t) => {
  const config = { key: 'k', count: 3, timeout: '1h' };
  const idempotency = { key: 'n', windowMs: 60_000 };
  const scene = await stage(t, flowWith('aggregate', config, { idempotency }));
  const { cluster } = await connectTest(t, scene.server.url);
  const seen = (await cluster.listStreams()).find(({ spec }) => spec.name === seenStream)?.spec;
  assert.ok(seen);
  await cluster.deleteStream(seenStream);
  const worker = await scene.worker('a');
  await scene.offer({ k: 'x', n: 1 });
  await retried(worker);
  await cluster.createStream(seen);
  await scene.offer({ k: 'x', n: 2 });
  await scene.offer({ k: 'x', n: 3 });
  await scene.written$(1);
  assert.deepEqual(
    groups(scene.written).map((group) => group.toSorted()),
    [[1, 2, 3]],
  );
});
