// How pushes become deliveries: order, waiting readers, the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryQueue } from './delivery-queue.ts';

test('items come out in the order they were pushed, whether the reader waited or not', async () => {
  const queue = new DeliveryQueue<number>();
  queue.push(1);
  queue.push(2);
  assert.equal(queue.size, 2);
  assert.deepEqual(await queue.next(), { value: 1, done: false });
  assert.deepEqual(await queue.next(), { value: 2, done: false });
  const waiting = queue.next();
  queue.push(3);
  assert.deepEqual(await waiting, { value: 3, done: false });
  assert.equal(queue.size, 0);
});

test('the end wakes a waiting reader and lasts', async () => {
  const queue = new DeliveryQueue<number>();
  const waiting = queue.next();
  queue.end();
  assert.deepEqual(await waiting, { value: undefined, done: true });
  queue.push(1);
  assert.deepEqual(await queue.next(), { value: undefined, done: true });
});

test('what nobody has read can be taken back', async () => {
  const queue = new DeliveryQueue<number>();
  for (const item of [1, 2, 3]) queue.push(item);
  await queue.next();
  assert.deepEqual(queue.takeBack(), [2, 3]);
  assert.equal(queue.size, 0);
  queue.push(4);
  queue.end();
  assert.deepEqual(await queue.next(), { value: 4, done: false });
  assert.deepEqual(await queue.next(), { value: undefined, done: true });
});

test('a reader that stops early is reported once to the writer', async () => {
  let stopped = 0;
  const queue = new DeliveryQueue<number>(() => {
    stopped++;
  });
  queue.push(1);
  for await (const item of queue) {
    assert.equal(item, 1);
    break;
  }
  assert.equal(stopped, 1);
});

test('a second reader at the same time is refused', async () => {
  const queue = new DeliveryQueue<number>();
  const first = queue.next();
  await assert.rejects(queue.next(), /one reader/);
  queue.end();
  await first;
});

test('a queue that never runs dry keeps its order over many thousands', async () => {
  const queue = new DeliveryQueue<number>();
  queue.push(0);
  for (let index = 0; index < 10_000; index++) {
    queue.push(index + 1);
    assert.equal((await queue.next()).value, index);
    assert.equal(queue.size, 1);
  }
});

test('a failure reaches the reader once, after what was pushed before it', async () => {
  const queue = new DeliveryQueue<number>();
  queue.push(1);
  queue.fail(new Error('the port is taken'));
  assert.equal((await queue.next()).value, 1);
  await assert.rejects(queue.next(), /port is taken/);
  assert.equal((await queue.next()).done, true);

  const waitingQueue = new DeliveryQueue<number>();
  const waiting = waitingQueue.next();
  waitingQueue.fail(new Error('the port is taken'));
  await assert.rejects(waiting, /port is taken/);
});
