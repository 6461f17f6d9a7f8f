import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBucket, MemoryStore } from '../runtime/test-payloads.ts';
import { PayloadCollector } from './collector.ts';
import { PayloadHolders } from './holders.ts';
import { newObjectKey } from './object-key.ts';

const hour = 3_600_000;
const start = 1_800_000_000_000;

/** A store with one object that `m1` holds and that expires in an hour; the collector sees every change at once. */
async function setUp({ waiting = false } = {}) {
  const store = new MemoryStore();
  const bucket = new MemoryBucket();
  const holders = new PayloadHolders(() => Promise.resolve(bucket));
  let now = start;
  const asked: string[] = [];
  const collector = new PayloadCollector({
    stores: new Map([['disk', store]]),
    holders,
    oldestWaiting: (flow) => {
      asked.push(flow);
      return Promise.resolve(waiting ? start : undefined);
    },
    now: () => now,
  });
  let sees = true;
  const lookAway = () => {
    sees = false;
  };
  const swap = bucket.swap.bind(bucket);
  bucket.swap = async (key, value, revision) => {
    const done = await swap(key, value, revision);
    if (done !== undefined && sees) collector.observe(key, value, done);
    return done;
  };
  const key = newObjectKey('orders', start + hour);
  store.objects.set(key, Buffer.from('content'));
  const reference = {
    store: 'disk',
    key,
    size: 7,
    contentType: 'text/plain',
    sha256: '0'.repeat(64),
    expiresAt: start + hour,
  };
  await holders.register(reference, ['m1']);
  const isThere = () => store.objects.has(key);
  const wait = (ms: number) => {
    now += ms;
  };
  return { store, bucket, holders, collector, key, reference, asked, isThere, wait, lookAway };
}

test('an object goes within a minute of its last release, and not at once', async () => {
  const { holders, collector, isThere, bucket, wait, reference } = await setUp();
  await holders.release(reference, 'm1');
  wait(15_000);
  assert.deepEqual(await collector.collectFree(), { objects: 0, bytes: 0 });
  assert.ok(isThere());
  wait(10_000);
  assert.deepEqual(await collector.collectFree(), { objects: 1, bytes: 7 });
  assert.ok(!isThere());
  assert.equal(bucket.entries.size, 0);
});

test('what is free goes in one request, and what somebody took up again meanwhile stays', async () => {
  const { store, holders, collector, reference, key, wait, lookAway } = await setUp();
  const keys = [key];
  for (const id of ['m2', 'm3']) {
    const other = newObjectKey('orders', start + hour);
    store.objects.set(other, Buffer.from('content'));
    await holders.register({ ...reference, key: other }, [id]);
    keys.push(other);
  }
  const requests: (readonly string[])[] = [];
  store.deleteMany = (some) => {
    requests.push(some);
    for (const one of some) store.objects.delete(one);
    return Promise.resolve();
  };
  for (const [index, one] of keys.entries())
    await holders.release({ ...reference, key: one }, `m${index + 1}`);
  wait(25_000);
  lookAway();
  const [, again = ''] = keys;
  await holders.resume({ ...reference, key: again }, 'm2', start + hour);
  assert.deepEqual(await collector.collectFree(), { objects: 2, bytes: 14 });
  assert.deepEqual(
    requests.map((some) => [...some].sort()),
    [keys.filter((one) => one !== again).sort()],
  );
  assert.deepEqual((await holders.find(again))?.holders, ['m2']);
});

test('objects that cannot be deleted now are deleted when the store is back', async () => {
  const { store, holders, collector, isThere, bucket, wait, reference } = await setUp();
  await holders.release(reference, 'm1');
  wait(25_000);
  const remove = store.delete.bind(store);
  store.delete = () => Promise.reject(new Error('down'));
  await assert.rejects(collector.collectFree(), /down/);
  assert.ok(isThere());
  store.delete = remove;
  assert.equal((await collector.collectFree()).objects, 1);
  assert.deepEqual([isThere(), bucket.entries.size], [false, 0]);
});

test('who begins with what it wrote down itself need not look; who may not be the first one looks', async () => {
  const { holders, bucket, reference } = await setUp();
  let looks = 0;
  const get = bucket.get.bind(bucket);
  bucket.get = (one) => {
    looks++;
    return get(one);
  };
  await holders.resume(reference, 'm1', start + hour, { isFirst: true });
  assert.equal(looks, 0);
  await holders.resume(reference, 'm1', start + hour);
  assert.equal(looks, 1);
  await holders.release(reference, 'm1');
  await holders.resume(reference, 'm1', start + hour, { isFirst: true });
  assert.deepEqual(bucket.only?.holders, ['m1']);
});

test('an object stays while anybody holds it: the others of a fan-out, a dead letter', async () => {
  const { holders, collector, isThere, wait, reference } = await setUp();
  await holders.add(reference, 'm2');
  await holders.release(reference, 'm1');
  wait(60_000);
  await collector.collectFree();
  assert.ok(isThere());
  await holders.bury(reference, 'm2');
  wait(1000 * hour);
  await collector.collectFree();
  await collector.sweepExpired();
  assert.ok(isThere(), 'a dead letter keeps it whatever its age');
  await holders.release(reference, 'm2');
  wait(60_000);
  await collector.collectFree();
  assert.ok(!isThere());
});

test('a message that comes again before its object went keeps it', async () => {
  const { holders, collector, isThere, wait, reference } = await setUp();
  await holders.release(reference, 'm1');
  wait(15_000);
  await holders.resume(reference, 'm1', start + hour);
  wait(60_000);
  await collector.collectFree();
  assert.ok(isThere());
});

test('a retry that publishes once more what is through holds nothing', async () => {
  const { holders, collector, isThere, wait, reference } = await setUp();
  await holders.release(reference, 'm1');
  await holders.add(reference, 'm1');
  wait(60_000);
  await collector.collectFree();
  assert.ok(!isThere());
});

test('what a crash left behind goes when it has expired, with its entry or without', async () => {
  const { store, collector, isThere, asked, wait } = await setUp();
  const orphan = newObjectKey('orders', start + hour);
  const later = newObjectKey('orders', start + 3 * hour);
  store.objects
    .set(orphan, Buffer.from('orphan'))
    .set(later, Buffer.from('later'))
    .set('theirs.txt', Buffer.from('x'));
  wait(hour - 1);
  assert.equal((await collector.sweepExpired()).objects, 0);
  wait(2);
  assert.deepEqual(await collector.sweepExpired(), { objects: 2, bytes: 13 });
  assert.ok(!isThere());
  assert.deepEqual([...store.objects.keys()], [later, 'theirs.txt']);
  assert.deepEqual(asked, ['orders']);
});

test('an expired object stays while its flow holds older messages: a suspended flow loses nothing', async () => {
  const { collector, isThere, wait } = await setUp({ waiting: true });
  wait(1000 * hour);
  assert.equal((await collector.sweepExpired()).objects, 0);
  assert.ok(isThere());
});

test('so does one of which nothing is written down; its flow is asked about once a sweep', async () => {
  const { store, collector, asked, wait } = await setUp({ waiting: true });
  for (let count = 0; count < 3; count++)
    store.objects.set(newObjectKey('orders', start + hour), Buffer.from('lone'));
  wait(1000 * hour);
  assert.equal((await collector.sweepExpired()).objects, 0);
  assert.deepEqual([store.objects.size, asked], [4, ['orders']]);
});

test('a delivery that goes on for longer than planned keeps its object', async () => {
  const { holders, collector, isThere, wait, reference } = await setUp();
  wait(hour - 1);
  await holders.resume(reference, 'm1', start + 2 * hour);
  wait(hour / 2);
  await collector.sweepExpired();
  assert.ok(isThere());
});

test('once an object is being deleted nobody begins with it', async () => {
  const { holders, collector, key, store, wait, reference } = await setUp();
  await holders.release(reference, 'm1');
  wait(60_000);
  const remove = store.delete.bind(store);
  store.delete = async (name) => {
    await holders.resume(reference, 'm1', start + hour);
    assert.deepEqual((await holders.find(key))?.holders, []);
    await remove(name);
  };
  assert.equal((await collector.collectFree()).objects, 1);
});

test('two who change the holders at the same time both count', async () => {
  const { holders, key, reference } = await setUp();
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
  await Promise.all(names.map((name) => holders.add(reference, name)));
  assert.deepEqual([...((await holders.find(key))?.holders ?? [])].sort(), ['m1', ...names].sort());
});

test('a bucket that cannot be opened is opened again', async () => {
  const bucket = new MemoryBucket();
  const answers = [new Error('away'), bucket];
  const holders = new PayloadHolders(() => {
    const next = answers.shift();
    return next instanceof MemoryBucket ? Promise.resolve(next) : Promise.reject(next);
  });
  await assert.rejects(holders.find('x'), { code: 'VRS8503', retryable: true });
  assert.equal(await holders.find('x'), undefined);
});
