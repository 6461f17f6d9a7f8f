import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRate, parseRate } from './rate.ts';

test('a rate becomes the milliseconds between two', () => {
  assert.deepEqual(['100/s', '20/m', '5/h', '1/d'].map(parseRate), [10, 3000, 720_000, 86_400_000]);
});

test('a rate is written in the smallest unit of which it is a whole number', () => {
  for (const rate of ['1/s', '6/s', '7/s', '999983/s', '20/m', '100/h', '7/d'])
    assert.equal(formatRate(parseRate(rate)), rate);
  assert.equal(formatRate(parseRate('60/m')), '1/s');
});

test('what is no whole number of any unit has no rate', () => {
  for (const interval of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_400_001, 1e300])
    assert.equal(formatRate(interval), undefined, String(interval));
});
