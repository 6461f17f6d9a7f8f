import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphOf, step } from '../compile/sample-graph.ts';
import { RetryableError } from '../connector/errors.ts';
import { type Scene, stage, type Written } from '../devserver/test-workers.ts';

const ordered = (lanes = 4, name = 'orders', renamedFrom?: string) =>
  graphOf(name, ['shape'], [step('shape', 'map', ['out'], { config: { expression: '$' } })], ['out'], {
    ordering: { key: 'key', lanes },
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    // Never gives up: on a slow machine a message that did would be missed by the test.
    delivery: {
      attempts: 100_000,
      backoff: { initialMs: 20, factor: 1, maxMs: 20 },
      deadlineMs: 3_600_000,
    },
  });

/** `count` messages over the keys, each numbered within its key. */
async function offerAll(scene: Scene, keys: number, count: number): Promise<void> {
  const offered: Promise<void>[] = [];
  for (let n = 0; n < count; n++) offered.push(scene.offer({ key: `k${n % keys}`, n: Math.floor(n / keys) }));
  await Promise.all(offered);
}

/** Every key's numbers as they were first written, in order. */
function firstsByKey(written: readonly Written[]): Readonly<Record<string, readonly number[]>> {
  const byKey: Record<string, number[]> = {};
  for (const { key, n } of written as readonly { key: string; n: number }[]) {
    byKey[key] ??= [];
    if (!byKey[key].includes(n)) byKey[key].push(n);
  }
  return byKey;
}

const counted = (count: number) => Array.from({ length: count }, (_, n) => n);

function assertInOrder(scene: Scene, keys: number, each: number): void {
  const byKey = firstsByKey(scene.written);
  assert.equal(Object.keys(byKey).length, keys);
  for (const numbers of Object.values(byKey)) assert.deepEqual(numbers, counted(each));
}

test('messages with the same key arrive in order although some deliveries fail', async (t) => {
  const scene = await stage(t, ordered());
  let tries = 0;
  scene.outcome = () =>
    ++tries % 3 === 0 ? { kind: 'retry', error: new RetryableError('busy') } : { kind: 'delivered' };
  await scene.worker('a');
  await offerAll(scene, 5, 200);
  await scene.written$(200);
  assertInOrder(scene, 5, 40);
});

test('a key whose delivery keeps failing does not hold up the others', async (t) => {
  const scene = await stage(t, ordered(1));
  let blocked = true;
  scene.outcome = ({ key }) =>
    blocked && key === 'k0' ? { kind: 'retry', error: new RetryableError('busy') } : { kind: 'delivered' };
  await scene.worker('a');
  await offerAll(scene, 2, 100);
  await scene.written$(50);
  assert.deepEqual(Object.keys(firstsByKey(scene.written)), ['k1']);
  blocked = false;
  await scene.written$(100);
  assertInOrder(scene, 2, 50);
});

test('order holds while workers come and go, and the lanes are shared among them', async (t) => {
  const scene = await stage(t, ordered(4));
  const first = await scene.worker('a');
  const offering = offerAll(scene, 8, 400);
  await scene.written$(50);
  await scene.worker('b');
  await scene.written$(100);
  await first.stop();
  await offering;
  await scene.written$(400);
  assertInOrder(scene, 8, 50);
});

test('order holds when the server is killed and comes back', async (t) => {
  const scene = await stage(t, ordered(2));
  await scene.worker('a');
  const offering = offerAll(scene, 4, 200);
  await scene.written$(40);
  await scene.server.killAndRestart();
  await offering;
  await scene.written$(200);
  assertInOrder(scene, 4, 50);
});

test('a renamed flow leaves alone what its former self has in hand', async (t) => {
  const scene = await stage(t, ordered(1));
  const released = Promise.withResolvers<void>();
  let tries = 0;
  scene.outcome = async ({ n }, producer) => {
    if (n !== 0) return { kind: 'delivered' };
    // The first version gives it back, the second one, which accepts no more, has it in hand when the renamed flow starts.
    if (producer === 1) return { kind: 'retry', error: new RetryableError('later') };
    tries++;
    await released.promise;
    return { kind: 'delivered' };
  };
  await scene.worker('a', { graceMs: 60_000 });
  await scene.offer({ key: 'k0', n: 0 });
  const changed = scene.change(ordered(1, 'invoices', 'orders'));
  await scene.logged$(/invoices: running/, 1);
  await scene.offer({ key: 'k1', n: 1 });
  await scene.written$(1);
  assert.deepEqual(scene.written, [{ key: 'k1', n: 1 }]);
  assert.equal(tries, 1);
  released.resolve();
  await changed;
  await scene.written$(2);
  assert.equal(scene.written.length, 2);
});
