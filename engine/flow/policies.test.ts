import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOf, breakerOf, throttleOf } from './policies.ts';

test('a rate becomes the time between two messages', () => {
  assert.deepEqual(throttleOf({ rate: '20/m' }), { intervalMs: 3000, burst: 1 });
  assert.deepEqual(throttleOf({ rate: '100/s', burst: 5 }), { intervalMs: 10, burst: 5 });
  assert.deepEqual(throttleOf({ concurrency: 4 }), { burst: 1, concurrency: 4 });
});

test('batches and breakers have their defaults', () => {
  assert.deepEqual(batchOf(), { bytes: 8 * 1024 * 1024, waitMs: 0 });
  assert.deepEqual(batchOf({ messages: 500, bytes: '1MiB', wait: '100ms' }), {
    messages: 500,
    bytes: 1024 * 1024,
    waitMs: 100,
  });
  assert.deepEqual(breakerOf(), { failures: 10, probeMs: 5000 });
});
