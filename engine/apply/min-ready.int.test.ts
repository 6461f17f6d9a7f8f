// A flow that fails a moment after workers said that they run it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphOf, step } from '../compile/sample-graph.ts';
import { NotConnectedError, PermanentError } from '../connector/errors.ts';
import { type Scene, stage } from '../devserver/test-workers.ts';

const orders = (expression: string) =>
  graphOf('orders', ['shape'], [step('shape', 'map', ['out'], { config: { expression } })], ['out']);

/** Applies a version whose consumer fails right after the first look at its health; the second look is taken when it has failed. */
async function changeAndFail(scene: Scene, expression: string, error: Error) {
  const failed = Promise.withResolvers<Error>();
  const enough = new AbortController();
  scene.intakeFails = failed.promise;
  const changed = scene.change(orders(expression), {
    minReadyMs: 3_600_000,
    signal: enough.signal,
    onProgress: (progress) => {
      if (progress.kind === 'waiting' && /prove/.test(progress.what)) failed.resolve(error);
    },
  });
  await scene.logged$(new RegExp(error.message), 1);
  enough.abort();
  return changed;
}

test('what cannot run for good within the time to prove itself is not healthy; what waits for its peer is', async (t) => {
  const scene = await stage(t, orders('1'));
  await scene.worker('a');
  const { failing, workers, stalled } = await changeAndFail(scene, '2', new PermanentError('no such queue'));
  assert.deepEqual(failing, [{ flow: 'orders', reason: 'in: no such queue' }]);
  assert.deepEqual([workers, stalled], [1, []]);
  const waits = await changeAndFail(scene, '3', new NotConnectedError('nobody answers'));
  assert.deepEqual(waits.failing, []);
  scene.intakeFails = undefined;
  assert.deepEqual((await scene.change(orders('4'), { minReadyMs: 1 })).failing, []);
  assert.deepEqual(
    (await scene.deployment.history()).map(({ healthy }) => healthy),
    [true, true, false, true],
  );
});

test('while a version proves itself others may apply, also the next version of the same flow', async (t) => {
  const scene = await stage(t, orders('1'));
  await scene.worker('a');
  const proving = Promise.withResolvers<void>();
  const enough = new AbortController();
  const first = scene.change(orders('2'), {
    minReadyMs: 3_600_000,
    signal: enough.signal,
    onProgress: (progress) => {
      if (progress.kind === 'waiting' && /prove/.test(progress.what)) proving.resolve();
    },
  });
  await proving.promise;
  const [during] = await scene.deployment.history();
  assert.deepEqual([during?.healthy, during?.proving], [false, true]);
  await scene.change(orders('3'));
  enough.abort();
  const { behind, failing, workers } = await first;
  assert.deepEqual([behind, failing, workers], [[], [], 1]);
  assert.deepEqual(
    (await scene.deployment.history()).map(({ healthy, proving: open }) => [healthy, open]),
    [
      [true, undefined],
      [true, undefined],
      [true, undefined],
    ],
  );
});
