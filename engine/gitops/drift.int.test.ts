// Changes that somebody makes on the server: put right, reported, ignored, and given up on when they keep coming back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buckets } from '../compile/topology.ts';
import { openOutsider } from '../nats/test-outsider.ts';
import type { FlowRecord } from '../plan/state.ts';
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

test('a field that others keep stays theirs when another field of the same stream changes', async (t) => {
  const { url, open, meddle, stream, maxBytes, repository } = await setUp(t);
  const outsider = await openOutsider(url);
  t.after(() => outsider.close());
  await meddle(1_000_001);
  await outsider.updateStream('VRSKY_FLOWS_1', { allow_direct: false });
  repository.publish({ 'flows/b.yaml': manifest('b') });
  const ignore = ['stream/VRSKY_FLOWS_1:maxBytes', 'stream/VRSKY_FLOWS_1:allow_direct'];
  assert.equal((await open({ drift: { ignore } }).once(never)).problem, undefined);
  const { maxBytes: now, subjects } = await stream();
  assert.deepEqual([now, subjects], [1_000_001, ['flow.a.>', 'flow.b.>']]);
  assert.equal((await open({ drift: { ignore } }).once(never)).changes, 0);
  // Taken back: what was theirs is a difference still.
  const { corrected } = await open().once(never);
  assert.deepEqual([...corrected].sort(), ignore.toSorted());
  assert.equal((await stream()).maxBytes, maxBytes);
});

test('a field of a JetStream consumer that others keep stays theirs when another one is put right', async (t) => {
  const { url, open, cluster } = await setUp(t);
  const outsider = await openOutsider(url);
  t.after(() => outsider.close());
  const consumer = async () => (await cluster.listConsumers('VRSKY_FLOWS_1'))[0]?.spec;
  const before = await consumer();
  assert.ok(before);
  await outsider.updateConsumer('VRSKY_FLOWS_1', before.name, { max_ack_pending: 7, ack_wait: 99e9 });
  const pass = await open({ drift: { ignore: ['consumer/*:maxAckPending'] } }).once(never);
  assert.deepEqual(pass.corrected, [`consumer/${before.name}:ackWaitMs`]);
  assert.deepEqual(await consumer(), { ...before, maxAckPending: 7 });
  assert.deepEqual((await open().once(never)).corrected, [`consumer/${before.name}:maxAckPending`]);
  assert.deepEqual(await consumer(), before);
});

test('what is deleted by hand again and again is made anew three times, then left and reported until the next commit', async (t) => {
  const { open, cluster, broker, conditions, programs, repository } = await setUp(t);
  const source = open();
  const names = async () => (await cluster.listStreams()).map(({ spec }) => spec.name);
  const gone = 'stream/VRSKY_FLOWS_1:missing';
  for (let round = 1; round <= 3; round++) {
    await cluster.deleteStream('VRSKY_FLOWS_1');
    assert.deepEqual((await source.once(never)).corrected, [gone]);
    assert.ok((await names()).includes('VRSKY_FLOWS_1'));
  }
  await cluster.deleteStream('VRSKY_FLOWS_1');
  const fourth = await source.once(never);
  assert.deepEqual([fourth.corrected, fourth.givenUp, fourth.problem], [[], [gone], undefined]);
  assert.ok(!(await names()).includes('VRSKY_FLOWS_1'));
  assert.equal((await conditions()).DriftDetected, 'True ComesBack');
  repository.publish({ 'flows/a.yaml': manifest('a', 'next') });
  assert.deepEqual((await source.once(never)).corrected, [gone]);
  assert.ok((await names()).includes('VRSKY_FLOWS_1'));
  assert.deepEqual(await programs(), { a: 'next' });
  for (let round = 1; round <= 4; round++) {
    await (await broker.bucket(buckets.programs)).delete('a');
    const { corrected, givenUp } = await source.once(never);
    assert.deepEqual([corrected, givenUp], round < 4 ? [['flow/a:missing'], []] : [[], ['flow/a:missing']]);
  }
  assert.deepEqual(await programs(), {});
});

test('report leaves deleted streams and changed flows, too', async (t) => {
  const { open, cluster, broker, programs, conditions } = await setUp(t);
  const records = await broker.bucket(buckets.programs);
  const record = (await records.get('a'))?.value as FlowRecord;
  const delivery = { ...record.flow.delivery, attempts: 1 };
  await records.put('a', { ...record, flow: { ...record.flow, delivery } });
  await cluster.deleteStream('VRSKY_FLOWS_1');
  const source = open({ drift: { action: 'report' } });
  const { changes, drift, corrected } = await source.once(never);
  assert.deepEqual({ changes, corrected }, { changes: 0, corrected: [] });
  assert.deepEqual(drift?.toSorted(), ['flow/a:delivery.attempts', 'stream/VRSKY_FLOWS_1:missing']);
  assert.equal((await conditions()).DriftDetected, 'True ChangedByHand');
  await open().once(never);
  assert.deepEqual((await records.get('a'))?.value, record);
  assert.deepEqual(Object.keys(await programs()), ['a']);
});
