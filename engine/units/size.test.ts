import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize, parseSize, suggestSize } from './size.ts';

test('a number with a unit becomes bytes', () => {
  assert.deepEqual(
    ['0B', '1KB', '1KiB', '1.5MiB', '2GB', '1TiB'].map(parseSize),
    [0, 1000, 1024, 1_572_864, 2_000_000_000, 1_099_511_627_776],
  );
});

test('anything else is not a size', () => {
  for (const text of ['', '10', '10 MB', '10mb', '10M', '-1B', 'MB', '999999999TiB']) {
    assert.equal(parseSize(text), undefined, text);
  }
});

test('a near miss suggests what was meant', () => {
  assert.deepEqual(['10', '10 mb', '256kib', '10M', '5 bytes', 'big'].map(suggestSize), [
    '10B',
    '10MB',
    '256KiB',
    '10MiB',
    '5B',
    undefined,
  ]);
});

test('bytes are written so that people can read them', () => {
  assert.deepEqual([0, 999, 262_144, 1500, 1_234_567, 1024 ** 3].map(formatSize), [
    '0B',
    '999B',
    '256KiB',
    '1.5KB',
    '1.23MB',
    '1GiB',
  ]);
});
