// Which of many keys are in a bucket, on a real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withServer } from '../devserver/test-server.ts';
import { connectTest } from './test-broker.ts';

test('a bucket says in one call which of a thousand keys it has; what was deleted is not there', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createBucket({
    kind: 'bucket',
    name: 'VRSKY_PAYLOADS',
    storage: 'file',
    replicas: 1,
    history: 1,
  });
  const bucket = await broker.bucket('VRSKY_PAYLOADS');
  const keys = Array.from({ length: 1000 }, (_, index) => `orders/${index}-${'0'.repeat(32)}`);
  assert.deepEqual(await bucket.existing(keys), new Set());
  assert.deepEqual(await bucket.existing([]), new Set());
  const there = keys.filter((_key, index) => index % 10 === 0);
  for (const key of [...there, keys[1] as string]) await bucket.put(key, { holders: [] });
  await bucket.delete(keys[1] as string);
  await bucket.put('orders/other', {});
  assert.deepEqual(await bucket.existing(keys), new Set(there));
  assert.deepEqual(await bucket.existing([there[0] as string]), new Set([there[0]]));
});

test('a bucket that is gone does not pass for an empty one', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createBucket({ kind: 'bucket', name: 'GONE', storage: 'file', replicas: 1, history: 1 });
  const bucket = await broker.bucket('GONE');
  await cluster.deleteStream('KV_GONE');
  await assert.rejects(bucket.existing(['a']));
});
