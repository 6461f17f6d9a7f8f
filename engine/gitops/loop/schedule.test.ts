import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDelayMs } from './schedule.ts';

test('the interval has a tenth more or less', () => {
  assert.equal(nextDelayMs('requeue', 0, 60_000, 0.5), 60_000);
  assert.equal(nextDelayMs('requeue', 0, 60_000, 0), 54_000);
  assert.equal(nextDelayMs('requeue', 7, 60_000, 1), 66_000);
});

test('what needs a commit is looked at after the interval, however often', () => {
  assert.equal(nextDelayMs('terminal', 30, 60_000, 0.5), 60_000);
});

test('what may pass is tried soon, then later and later, up to five minutes or the interval', () => {
  const delays = [0, 1, 2, 3, 10, 1000].map((failures) => nextDelayMs('retry', failures, 60_000, 0.5));
  assert.deepEqual(delays, [5_000, 10_000, 20_000, 40_000, 300_000, 300_000]);
  assert.equal(nextDelayMs('retry', 0, 1_000, 0.5), 1_000);
  assert.equal(nextDelayMs('retry', 99, 3_600_000, 0.5), 3_600_000);
});
