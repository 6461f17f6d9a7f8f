import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { withServer } from '../devserver/test-server.ts';
import type { Bucket } from '../runtime/ports.ts';
import { acquireLease } from './lease.ts';
import { connectTest } from './test-broker.ts';

const never = new AbortController().signal;

async function leases(t: Parameters<typeof connectTest>[0]): Promise<Bucket> {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createBucket({
    kind: 'bucket',
    name: 'VRSKY_LEASES',
    storage: 'file',
    replicas: 1,
    history: 1,
  });
  return broker.bucket('VRSKY_LEASES');
}

test('one holds the lease; the next has it as soon as it is released', async (t) => {
  const bucket = await leases(t);
  const first = await acquireLease(bucket, 'poll', 'a', 5_000, never);
  let second = false;
  const waiting = acquireLease(bucket, 'poll', 'b', 5_000, never).then((lease) => {
    second = true;
    return lease;
  });
  await bucket.get('poll');
  assert.equal(second, false);
  await first.release();
  await (await waiting).release();
});

test('nobody takes a lease over that is renewed', async (t) => {
  const bucket = await leases(t);
  const held = await acquireLease(bucket, 'poll', 'a', 1_000, never);
  const stop = new AbortController();
  const waiting = acquireLease(bucket, 'poll', 'b', 1_000, stop.signal);
  const renewed = Promise.withResolvers<void>();
  await bucket.watch((_key, value) => {
    const { holder, renewals } = value as { readonly holder: string; readonly renewals: number };
    // Time enough for the other one to look at it a dozen times.
    if (holder !== 'a' || renewals > 10) renewed.resolve();
  }, stop.signal);
  await renewed.promise;
  assert.match(JSON.stringify(await bucket.get('poll')), /"holder":"a"/);
  stop.abort();
  await assert.rejects(waiting, { code: 'VRS8106' });
  await held.release();
});

test('a holder that stands still loses the lease, and knows it', async (t) => {
  const bucket = await leases(t);
  const frozen: Bucket = {
    ...bucketOf(bucket),
    put: (key, value, revision) =>
      revision === 0 ? bucket.put(key, value, 0) : new Promise(() => undefined),
  };
  await acquireLease(frozen, 'poll', 'frozen', 300, never);
  const taken = await acquireLease(bucket, 'poll', 'b', 300, never);
  assert.match(JSON.stringify(await bucket.get('poll')), /"holder":"b"/);
  await taken.release();
});

test('whoever asks first after a process was frozen is told that the lease may be lost', async (t) => {
  const bucket = await leases(t);
  const lease = await acquireLease(bucket, 'poll', 'a', 1_000, never);
  assert.equal(lease.lost.aborted, false);
  // Nothing else runs meanwhile, and no timer has come afterwards.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
  assert.equal(lease.lost.aborted, true);
  await lease.release();
});

test('a lease that somebody else took is lost', async (t) => {
  const bucket = await leases(t);
  const lease = await acquireLease(bucket, 'poll', 'a', 300, never);
  await bucket.put('poll', { holder: 'thief', renewals: 0 });
  await once(lease.lost, 'abort');
});

test('waiting for a lease ends with the signal', async (t) => {
  const bucket = await leases(t);
  const held = await acquireLease(bucket, 'poll', 'a', 500, never);
  const stop = new AbortController();
  const waiting = acquireLease(bucket, 'poll', 'b', 500, stop.signal);
  stop.abort();
  await assert.rejects(waiting, { code: 'VRS8106' });
  await held.release();
});

/** A bucket's methods as an object of their own, so that a test may replace one. */
function bucketOf(bucket: Bucket): Bucket {
  return {
    get: (key) => bucket.get(key),
    put: (key, value, revision) => bucket.put(key, value, revision),
    swap: (key, value, revision) => bucket.swap(key, value, revision),
    delete: (key) => bucket.delete(key),
    keys: () => bucket.keys(),
    existing: (keys) => bucket.existing(keys),
    entries: () => bucket.entries(),
    watch: (onChange, signal) => bucket.watch(onChange, signal),
  };
}
