// Holds dates of ordinary pictures against the package, and leaves the others to it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { formatDate } from './format-date.ts';

const PICTURES = [
  '[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]',
  '[D1] [MNn] [Y]',
  '[FNn], [D]/[M]/[Y01]',
  '[FN] [MN] [h]:[m] [s]',
  '[H]:[m1]:[s1].[f]',
];
const TIMES = [0, 1e12, -1, 951_782_400_000, 1_719_820_800_123, 4_102_444_799_999];

test('ordinary pictures are written as the package writes them', async () => {
  for (const picture of PICTURES)
    for (const millis of TIMES) {
      const expected = await jsonata('$fromMillis(millis, picture)').evaluate({ millis, picture });
      assert.equal(formatDate(millis, picture), expected, `${millis} ${picture}`);
    }
  assert.equal(formatDate(0), '1970-01-01T00:00:00.000Z');
});

test('the package is asked about everything else', () => {
  for (const picture of ['[D1o]', '[YI]', '[MNn,3-3]', '[[Y]]', '[Y', '[Q]', '[P]', '[Z]'])
    assert.equal(formatDate(0, picture), undefined, picture);
  assert.equal(formatDate(-1e15), undefined);
  assert.equal(formatDate(Number.NaN), undefined);
});
