import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differencesBetween } from './differences.ts';

const places = (expected: unknown, actual: unknown, how: 'exact' | 'part' = 'exact') =>
  differencesBetween(expected, actual, how).map(({ path }) => path);

test('equal values have no differences, in whatever order their fields are', () => {
  assert.deepEqual(places({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }), []);
  assert.deepEqual(places(0, -0), []);
});

test('every place that differs is named', () => {
  assert.deepEqual(places({ a: 1, b: { c: 'x' }, d: [1, 2] }, { a: 2, b: { c: 'y' }, d: [1, 3] }), [
    'a',
    'b.c',
    'd[1]',
  ]);
  assert.deepEqual(places({ 'a b': 1 }, { 'a b': 2 }), ['`a b`']);
});

test('what is missing and what is too much is a difference', () => {
  assert.deepEqual(differencesBetween({ a: 1 }, { b: 2 }, 'exact'), [
    { path: 'a', expected: { value: 1 }, actual: 'nothing' },
    { path: 'b', expected: 'nothing', actual: { value: 2 } },
  ]);
  assert.deepEqual(places([1, 2], [1]), ['[1]']);
  assert.deepEqual(places([1], [1, 2]), ['[1]']);
  assert.deepEqual(places(null, undefined), ['']);
});

test('values of different kinds are one difference', () => {
  assert.deepEqual(places({ a: [1] }, { a: { 0: 1 } }), ['a']);
  assert.deepEqual(places({ a: '1' }, { a: 1 }), ['a']);
  assert.deepEqual(places({}, []), ['']);
});

test('in part, further fields may be there at any depth, further items may not', () => {
  assert.deepEqual(places({ a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, 'part'), []);
  assert.deepEqual(places({ a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }] }, 'part'), []);
  assert.deepEqual(places({ a: [1] }, { a: [1, 2] }, 'part'), ['a[1]']);
});

test('of values that differ everywhere only the first places are named', () => {
  const list = Array.from({ length: 1000 }, (_, index) => index);
  assert.equal(
    places(
      list,
      list.map((index) => index + 1),
    ).length,
    20,
  );
});

test('fields called as those of every object are fields like others', () => {
  assert.deepEqual(places({ a: 1 }, JSON.parse('{"a":1,"__proto__":2,"constructor":3}')), [
    '__proto__',
    'constructor',
  ]);
  assert.deepEqual(places({ toString: 1 }, {}), ['toString']);
});
