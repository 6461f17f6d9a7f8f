// Revisions that workers cannot run: held, or rolled back and not tried again.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { runtimeParts } from '../../bin/cli/runtime-parts.ts';
import { connectTest } from '../nats/test-broker.ts';
import { Worker } from '../runtime/worker.ts';
import { nudge } from './nudges.ts';
import { manifest, never, setUpSource } from './test-source.ts';

/** A flow that no worker can start: the variable is set nowhere. */
function broken(name: string): string {
  return manifest(name, 'broken').replace('type: log', 'type: http, url: "${env:VRSKY_TEST_SET_NOWHERE}/x"');
}

async function startWorker(t: TestContext, url: string, folder: string): Promise<void> {
  const connected = await connectTest(t, url);
  const parts = runtimeParts(connected, {
    workingDirectory: folder,
    payloadsDirectory: `${folder}/payloads`,
    log: () => undefined,
  });
  const worker = new Worker(parts, { name: 'test', graceMs: 1000 });
  await worker.start();
  t.after(() => worker.stop());
}

test('rollback: the last healthy revision runs again, and the failed one is not tried a second time', async (t) => {
  const { url, repository, open, programs, conditions, deployment } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a', 'good') });
  const source = open({ onFailure: 'rollback' });
  const first = await source.once(never);
  await startWorker(t, url, repository.folder);
  await source.once(never);
  assert.equal((await conditions()).Healthy, 'True Running');
  repository.publish({ 'flows/a.yaml': broken('a') });
  const failed = await source.once(never);
  assert.deepEqual([failed.outcome, failed.problem?.code], ['terminal', 'VRS7023']);
  assert.match(failed.problem?.message ?? '', /VRSKY_TEST_SET_NOWHERE/);
  assert.equal(failed.rolledBackTo, first.revision?.label);
  assert.deepEqual(await programs(), { a: 'good' });
  assert.equal((await conditions()).Stalled, 'True Unhealthy');
  const again = await source.once(never);
  assert.deepEqual([again.outcome, again.problem?.code, again.changes], ['terminal', 'VRS7021', undefined]);
  await deployment.suspend({ kind: 'source', name: 'flows' }, { by: 'ada', reason: '' });
  await source.once(never);
  await deployment.resume({ kind: 'source', name: 'flows' });
  assert.equal((await source.once(never)).problem?.code, 'VRS7023', 'who resumes it wants it tried again');
  assert.deepEqual(await programs(), { a: 'good' });
  repository.publish({ 'flows/a.yaml': manifest('a', 'mended') });
  assert.equal((await source.once(never)).problem, undefined);
  assert.deepEqual(await programs(), { a: 'mended' });
});

test('a newer revision does not wait until the one before has proved itself', async (t) => {
  const { url, broker, repository, open, programs, until, deployment } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a', 'first') });
  await open({ minReady: '10ms' }).once(never);
  await startWorker(t, url, repository.folder);
  const stop = new AbortController();
  const source = open({ minReady: '1h' });
  repository.publish({ 'flows/a.yaml': manifest('a', 'second') });
  const running = source.run(stop.signal);
  await until('flows Reconciling=True NewRevision', 2);
  repository.publish({ 'flows/a.yaml': manifest('a', 'third') });
  nudge(broker, 'flows');
  await until('flows Reconciling=True Superseded');
  assert.deepEqual(await programs(), { a: 'second' });
  await until('flows Reconciling=True NewRevision', 3);
  repository.publish({ 'flows/a.yaml': manifest('a', 'fourth') });
  nudge(broker, 'flows');
  await until('flows Reconciling=True NewRevision', 4);
  stop.abort();
  await running;
  const verdicts = (await deployment.history()).map(({ number, healthy, proving }) => [
    number,
    healthy,
    proving,
  ]);
  assert.deepEqual(verdicts.slice(-3), [
    [3, false, true],
    [2, false, true],
    [1, true, undefined],
  ]);
});

test('hold: the revision stays, and once workers can run it all is well', async (t) => {
  const { url, repository, open, programs, conditions } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a', 'good') });
  const source = open({ onFailure: 'hold' });
  await source.once(never);
  await startWorker(t, url, repository.folder);
  await source.once(never);
  repository.publish({ 'flows/a.yaml': broken('a') });
  assert.equal((await source.once(never)).problem?.code, 'VRS7023');
  const again = await source.once(never);
  assert.deepEqual([again.outcome, again.problem?.code, again.changes], ['terminal', 'VRS7023', 0]);
  assert.deepEqual(await programs(), { a: 'broken' });
  assert.equal((await conditions()).Healthy, 'False Unhealthy');
  repository.publish({ 'flows/a.yaml': manifest('a', 'mended') });
  assert.equal((await source.once(never)).health, 'healthy');
});
