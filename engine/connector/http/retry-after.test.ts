// What a Retry-After header is understood as.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter } from './retry-after.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

test('seconds are seconds', () => {
  assert.equal(parseRetryAfter('120', now), 120_000);
  assert.equal(parseRetryAfter(' 0 ', now), 0);
});

test('an HTTP date is the time until then, and nothing once it has passed', () => {
  assert.equal(parseRetryAfter('Sun, 01 Mar 2026 12:00:30 GMT', now), 30_000);
  assert.equal(parseRetryAfter('Sun, 01 Mar 2026 11:00:00 GMT', now), 0);
});

test('nobody is made to wait for more than a day', () => {
  assert.equal(parseRetryAfter('99999999999999999999', now), 86_400_000);
});

test('nonsense is ignored', () => {
  for (const value of [undefined, '', 'soon', '-5', '1.5', '2026-03-01T13:00:00Z', 'Sun, nonsense']) {
    assert.equal(parseRetryAfter(value, now), undefined, value);
  }
});
