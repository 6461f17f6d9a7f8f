import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration, suggestDuration } from './duration.ts';

test('a number with a unit becomes milliseconds', () => {
  assert.deepEqual(
    ['250ms', '30s', '1.5m', '24h', '7d'].map(parseDuration),
    [250, 30_000, 90_000, 86_400_000, 604_800_000],
  );
});

test('anything else is not a duration', () => {
  for (const text of ['', '30', '30 s', '-1s', '30S', '1h30m', 's', '1e3s', '99999999999999999d', '３０s']) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test('a near miss suggests what was meant', () => {
  assert.deepEqual(
    ['30', '30 sec', '5 Minutes', '1h30m', '1.5 h', 'soon', '5 parsecs'].map(suggestDuration),
    ['30s', '30s', '5m', '90m', '90m', undefined, undefined],
  );
});

test('milliseconds are written in the largest unit that keeps them exact', () => {
  assert.deepEqual([0, 1, 1500, 90_000, 3_600_000, 172_800_000].map(formatDuration), [
    '0ms',
    '1ms',
    '1500ms',
    '90s',
    '1h',
    '2d',
  ]);
});
