import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comesBack, type DriftMemory, remember } from './drift-memory.ts';

const key = 'stream/X:maxBytes';
const hour = 3_600_000;

function after(times: readonly number[]): DriftMemory {
  return times.reduce((memory: DriftMemory, time) => remember(memory, [key], time), {});
}

test('the same drift is put right three times within a day, and then left', () => {
  assert.equal(comesBack(after([0, 1]), key, 2), false);
  assert.equal(comesBack(after([0, 1, 2]), key, 3), true);
  assert.equal(comesBack(after([0, 1, 2]), 'stream/X:subjects', 3), false);
});

test('what is longer ago than a day does not count, and is forgotten', () => {
  assert.equal(comesBack(after([0, 1, 25 * hour]), key, 25 * hour), false);
  assert.deepEqual(remember(after([0]), [], 25 * hour), {});
});
