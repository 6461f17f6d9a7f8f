import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBucket, MemoryStore } from '../runtime/test-payloads.ts';
import { deleteFreed, handOverFreed } from './freed-objects.ts';
import { PayloadHolders } from './holders.ts';
import { newObjectKey } from './object-key.ts';

const hour = 3_600_000;
const expiresAt = 1_800_000_000_000;

/** A store with objects that were stored for `m0`, `m1` …, by somebody whose clock is moved by hand. */
function setUp(count = 1) {
  const store = new MemoryStore();
  const bucket = new MemoryBucket();
  let now = 0;
  const holders = new PayloadHolders(
    () => Promise.resolve(bucket),
    () => now,
  );
  const objects = Array.from({ length: count }, () => {
    const object = { key: newObjectKey('orders', expiresAt), store: 'disk', size: 7, expiresAt };
    store.objects.set(object.key, Buffer.from('content'));
    holders.lone.add(object);
    return object;
  });
  const [object] = objects as [(typeof objects)[number]];
  const wait = (ms: number) => {
    now += ms;
  };
  const begin = () => holders.resume(object, 'm0', expiresAt, { isFirst: true });
  const collect = () => deleteFreed({ stores: new Map([['disk', store]]), holders });
  const isThere = () => store.objects.has(object.key);
  return { store, bucket, holders, object, objects, wait, begin, collect, isThere };
}

test('an object goes within half a minute of its delivery, and nothing is ever written down', async () => {
  const { bucket, holders, object, wait, begin, collect, isThere } = setUp();
  bucket.swap = () => assert.fail();
  bucket.get = () => assert.fail();
  await begin();
  wait(5_000);
  await holders.release(object, 'm0');
  wait(19_000);
  await collect();
  assert.ok(isThere());
  wait(1_001);
  await collect();
  assert.ok(!isThere());
});

test('many go in one request, and the bucket is asked once', async () => {
  const { store, bucket, holders, objects, wait, collect } = setUp(30);
  const requests: number[] = [];
  store.deleteMany = (keys) => {
    requests.push(keys.length);
    return Promise.resolve();
  };
  const existing = bucket.existing.bind(bucket);
  let asked = 0;
  bucket.existing = (keys) => {
    asked++;
    return existing(keys);
  };
  for (const [index, object] of objects.entries()) await holders.release(object, `m${index}`);
  wait(21_000);
  await collect();
  assert.deepEqual([requests, asked], [[30], 1]);
});

test('whoever gets the message again writes it down, and keeps the object', async () => {
  const { bucket, holders, object, wait, begin, collect, isThere } = setUp();
  await begin();
  await holders.release(object, 'm0');
  const elsewhere = new PayloadHolders(() => Promise.resolve(bucket));
  await elsewhere.resume(object, 'm0', expiresAt);
  wait(60_000);
  await collect();
  assert.ok(isThere());
  assert.deepEqual(bucket.only?.holders, ['m0']);
});

test('a second holder is written down together with the first', async () => {
  const { bucket, holders, object, wait, begin, collect, isThere } = setUp();
  await begin();
  await holders.add(object, 'c1', 'm0');
  await holders.release(object, 'c1');
  assert.deepEqual(bucket.only?.holders, ['m0']);
  await holders.release(object, 'm0');
  assert.deepEqual(bucket.only?.released, ['c1', 'm0']);
  wait(60_000);
  await collect();
  assert.ok(isThere(), 'the collector deletes what is written down');
});

test('a dead letter and a link are written down and keep the object', async () => {
  for (const become of ['dead letter', 'link'] as const) {
    const { bucket, holders, object, wait, begin, collect, isThere } = setUp();
    await begin();
    if (become === 'link') await holders.resume(object, 'link/m0/out', expiresAt + hour, { parent: 'm0' });
    else await holders.bury(object, 'm0');
    const expected = become === 'link' ? [['m0', 'link/m0/out'], []] : [[], ['m0']];
    assert.deepEqual([bucket.only?.holders, bucket.only?.dead], expected);
    wait(60_000);
    await collect();
    assert.ok(isThere());
  }
});

test('what was stored long ago, and what is kept for longer than planned, is written down when it is delivered', async () => {
  const late = setUp();
  late.wait(60_000);
  await late.begin();
  assert.deepEqual(late.bucket.only?.holders, ['m0']);
  const longer = setUp();
  await longer.holders.resume(longer.object, 'm0', expiresAt + hour, { isFirst: true });
  assert.equal(longer.bucket.only?.expiresAt, expiresAt + hour);
});

test('what cannot be deleted is left to the collector, and what cannot be written down is tried again', async () => {
  const { store, bucket, holders, object, wait, collect, isThere } = setUp();
  await holders.release(object, 'm0');
  wait(21_000);
  const remove = store.delete.bind(store);
  store.delete = () => Promise.reject(new Error('down'));
  const swap = bucket.swap.bind(bucket);
  bucket.swap = () => Promise.reject(new Error('away'));
  await assert.rejects(collect(), { code: 'VRS8503' });
  bucket.swap = swap;
  await collect();
  assert.deepEqual([bucket.only?.holders, bucket.only?.released], [[], ['m0']]);
  store.delete = remove;
  await collect();
  assert.ok(isThere(), 'one of them deletes it');
});

test('a bucket that does not say what is in it keeps every object', async () => {
  const { bucket, holders, object, wait, collect, isThere } = setUp();
  await holders.release(object, 'm0');
  wait(21_000);
  bucket.existing = () => Promise.reject(new Error('away'));
  await collect();
  assert.ok(isThere());
  assert.deepEqual(bucket.only?.released, ['m0']);
});

test('who stops leaves what is free to the collector', async () => {
  const { bucket, holders, object } = setUp();
  await holders.release(object, 'm0');
  await handOverFreed(holders);
  assert.deepEqual([bucket.only?.holders, bucket.only?.released], [[], ['m0']]);
  assert.deepEqual(holders.lone.takeFreed(0), []);
});
