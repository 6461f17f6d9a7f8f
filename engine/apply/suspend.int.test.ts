// Suspended flows: what still goes on, what does not, and that an apply changes nothing about it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { graphOf, step } from '../compile/sample-graph.ts';
import { eventually, settle } from '../connector/conformance/patience.ts';
import { RetryableError } from '../connector/errors.ts';
import { stage } from '../devserver/test-workers.ts';
import type { Suspension } from '../plan/state.ts';

const orders = (expression: string) =>
  graphOf('orders', ['shape'], [step('shape', 'map', ['out'], { config: { expression } })], ['out'], {
    delivery: { attempts: 100_000, backoff: { initialMs: 20, factor: 1, maxMs: 20 }, deadlineMs: 3_600_000 },
  });
const flow = { kind: 'flow', name: 'orders' } as const;

/** One message waits in the flow, which is then suspended; another one is offered after that. */
async function suspendedScene(t: TestContext, scope: Suspension) {
  const scene = await stage(t, orders('{"n": n}'));
  const worker = await scene.worker('a');
  let isSinkThere = false;
  scene.outcome = () =>
    isSinkThere ? { kind: 'delivered' } : { kind: 'retry', error: new RetryableError('not there') };
  await scene.offer({ n: 0 });
  const before = worker.report().running[0]?.version;
  await scene.deployment.suspend(flow, { by: 'ada', reason: 'partner is down', scope });
  const versions = scope === 'all' ? 0 : 1;
  await eventually('the worker follows', () => {
    const { running } = worker.report();
    return running.length === versions && running.every(({ version }) => version !== before);
  });
  let isAccepted = false;
  const offered = scene.offer({ n: 1 }).then(() => {
    isAccepted = true;
  });
  isSinkThere = true;
  return { scene, offered, isAccepted: () => isAccepted };
}

test('without intake a flow delivers what waits and accepts nothing, also when it changes; resumed it goes on', async (t) => {
  const { scene, offered, isAccepted } = await suspendedScene(t, 'intake');
  await scene.written$(1);
  assert.deepEqual([scene.written, isAccepted()], [[{ n: 0 }], false]);
  await scene.change(orders('{"n": n, "changed": true}'));
  assert.equal(isAccepted(), false);
  await scene.deployment.resume(flow);
  await offered;
  await scene.written$(2);
  assert.deepEqual(scene.written[1], { n: 1, changed: true });
});

test('a suspended flow stands still, also when it changes; resumed it delivers what waited', async (t) => {
  const { scene, offered, isAccepted } = await suspendedScene(t, 'all');
  await scene.change(orders('{"n": n, "changed": true}'));
  await settle();
  assert.deepEqual([scene.written, isAccepted()], [[], false]);
  await scene.deployment.resume(flow);
  await offered;
  await scene.written$(2);
  assert.deepEqual(scene.written.map(({ n }) => n).toSorted(), [0, 1]);
});
