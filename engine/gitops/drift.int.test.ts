// Changes that somebody makes on the server: put right, reported, ignored, and given up on when they keep coming back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest, never, setUpSource } from './test-source.ts';

const field = 'stream/VRSKY_FLOWS_1:maxBytes';

async function setUp(t: Parameters<typeof setUpSource>[0]) {
  const parts = await setUpSource(t);
  const { cluster, repository } = parts;
  const stream = async () => {
    const found = (await cluster.listStreams()).find(({ spec }) => spec.name === 'VRSKY_FLOWS_1');
    assert.ok(found);
    return found.spec;
  };
  const meddle = async (maxBytes: number) => cluster.updateStream({ ...(await stream()), maxBytes });
  repository.publish({ 'flows/a.yaml': manifest('a') });
  await parts.open().once(never);
  return { ...parts, stream, meddle, maxBytes: (await stream()).maxBytes };
}

test('correct: the same drift is put right three times, then left and reported, and put right after the next commit', async (t) => {
  const { open, meddle, stream, maxBytes, conditions, told, repository } = await setUp(t);
  const source = open();
  for (let round = 1; round <= 3; round++) {
    await meddle(1_000_000 + round);
    assert.deepEqual((await source.once(never)).corrected, [field]);
    assert.equal((await stream()).maxBytes, maxBytes);
    assert.equal((await conditions()).DriftDetected, 'False InSync');
  }
  await meddle(1_000_004);
  const fourth = await source.once(never);
  assert.deepEqual([fourth.corrected, fourth.drift, fourth.givenUp], [[], [field], [field]]);
  assert.equal((await stream()).maxBytes, 1_000_004);
  assert.equal((await conditions()).DriftDetected, 'True ComesBack');
  assert.equal(fourth.problem, undefined);
  assert.deepEqual(told.filter((line) => line.includes('corrected')).length, 3);
  repository.publish({ 'flows/a.yaml': manifest('a', 'next') });
  assert.deepEqual((await source.once(never)).corrected, [field]);
  assert.equal((await conditions()).DriftDetected, 'False InSync');
});

test('report leaves it and says so, ignore says nothing, a single field may be left to others', async (t) => {
  const { open, meddle, stream, conditions } = await setUp(t);
  await meddle(1_000_001);
  await open({ drift: { action: 'report' } }).once(never);
  assert.equal((await conditions()).DriftDetected, 'True ChangedByHand');
  await open({ drift: { action: 'ignore' } }).once(never);
  assert.equal((await conditions()).DriftDetected, 'False InSync');
  await open({ drift: { ignore: ['stream/VRSKY_*:maxBytes'] } }).once(never);
  assert.equal((await conditions()).DriftDetected, 'False InSync');
  assert.equal((await stream()).maxBytes, 1_000_001);
});
