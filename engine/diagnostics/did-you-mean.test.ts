import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, listNames } from './did-you-mean.ts';

const fields = ['name', 'type', 'expression', 'onError', 'durable', 'to'];

test('the nearest name is found through missing, extra, changed and swapped letters', () => {
  assert.deepEqual(
    ['expresion', 'expressions', 'exprassion', 'expressoin', 'naem', 'ot'].map((name) =>
      didYouMean(name, fields),
    ),
    ['expression', 'expression', 'expression', 'expression', 'name', 'to'],
  );
});

test('case, hyphens and underscores do not count', () => {
  assert.deepEqual(
    ['onerror', 'on_error', 'on-error', 'ONERROR'].map((name) => didYouMean(name, fields)),
    ['onError', 'onError', 'onError', 'onError'],
  );
});

test('a name that resembles nothing gets no suggestion', () => {
  for (const name of ['schedule', 'x', '', 'q'.repeat(5000)])
    assert.equal(didYouMean(name, fields), undefined, name);
  assert.equal(didYouMean('name', []), undefined);
});

test('names are listed with commas and an or, long lists are cut', () => {
  assert.deepEqual(
    [[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((names) => listNames(names)),
    ['', '`a`', '`a` or `b`', '`a`, `b` or `c`'],
  );
  assert.equal(listNames(['a', 'b', 'c'], 2), '`a`, `b` and 1 more');
});
