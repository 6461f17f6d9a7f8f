// Holds that keys come in the order in which V8 lists those of an object.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../fuzz/random.ts';
import { inObjectOrder } from './object-order.ts';

const KEYS = [
  'b',
  '0',
  '10',
  '9',
  '01',
  '-1',
  '1.5',
  '',
  '4294967294',
  '4294967295',
  '4294967296',
  '99999999999',
  'a',
  '1e3',
  '__proto__',
];

function expected(keys: readonly string[]): readonly string[] {
  return Object.keys(Object.fromEntries(keys.map((key) => [key, true])));
}

test('array indices come first, by their size, and everything else as it came', () => {
  assert.deepEqual([...inObjectOrder(new Set(KEYS))], expected(KEYS));
  assert.deepEqual([...inObjectOrder(new Set(['b', 'a']))], ['b', 'a']);
  assert.deepEqual([...inObjectOrder(new Set())], []);
});

test('any keys come in the order of an object', () => {
  const dice = randomFrom(20261126);
  for (let round = 0; round < 500; round += 1) {
    const keys = Array.from({ length: 1 + dice.below(12) }, () => {
      const number = dice.below(10 ** dice.below(12));
      return dice.chance(0.2) ? `k${number}` : String(number);
    });
    assert.deepEqual(
      [...inObjectOrder(new Map(keys.map((key) => [key, true])))],
      expected(keys),
      keys.join(' '),
    );
  }
});
