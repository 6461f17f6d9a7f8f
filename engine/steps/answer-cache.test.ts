import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCache } from './answer-cache.ts';

function asked() {
  const log: string[] = [];
  const ask = (key: string) => async () => {
    log.push(key);
    return key.toUpperCase();
  };
  return { log, ask };
}

test('an answer is kept for its time', async () => {
  let now = 0;
  const { log, ask } = asked();
  const cache = new AnswerCache(10, 100, () => now);
  assert.equal(await cache.get('a', ask('a')), 'A');
  now = 99;
  assert.equal(await cache.get('a', ask('a')), 'A');
  assert.deepEqual(log, ['a']);
  now = 100;
  await cache.get('a', ask('a'));
  assert.deepEqual(log, ['a', 'a']);
});

test('the least recently used answer goes first', async () => {
  const { log, ask } = asked();
  const cache = new AnswerCache(2, 1000, () => 0);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get(key, ask(key));
  assert.deepEqual(log, ['a', 'b', 'c', 'b']);
});

test('the same question is asked once while it is open, and again after it failed', async () => {
  let asks = 0;
  const cache = new AnswerCache(2, 1000, () => 0);
  const fail = async () => {
    asks++;
    throw new Error('down');
  };
  const both = [cache.get('a', fail), cache.get('a', fail)];
  for (const answer of both) await assert.rejects(answer, /down/);
  assert.equal(asks, 1);
  await assert.rejects(cache.get('a', fail), /down/);
  assert.equal(asks, 2);
});

test('without entries nothing is kept', async () => {
  const { log, ask } = asked();
  const cache = new AnswerCache(0, 1000, () => 0);
  await cache.get('a', ask('a'));
  await cache.get('a', ask('a'));
  assert.equal(log.length, 2);
});
