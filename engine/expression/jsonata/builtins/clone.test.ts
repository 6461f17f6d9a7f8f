// Holds copies against what JSON makes of the same values, and sees that limits stop them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, randomFrom } from '../../fuzz/random.ts';
import { compileExpression } from '../../index.ts';
import { clone } from './clone.ts';
import { stringOf } from './to-string.ts';

const LEAVES: readonly unknown[] = [
  0,
  -0,
  1.5,
  0.1 + 0.2,
  1e300,
  Number.NaN,
  'text',
  '',
  '\ud800',
  '"\\💥',
  true,
  null,
  undefined,
  () => 1,
  new Date(0),
  Object.create(null),
  Number.POSITIVE_INFINITY,
];
const KEYS = ['a', 'b', '10', '2', '', '__proto__', 'ü'];

function value(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.2)) return random.pick(LEAVES);
  const members = Array.from({ length: random.below(5) }, () => value(random, depth - 1));
  return random.chance(0.5)
    ? members
    : Object.fromEntries(members.map((member) => [random.pick(KEYS), member]));
}

function ending(calculate: () => unknown): readonly unknown[] {
  try {
    const result = calculate();
    return [result, JSON.stringify(result)];
  } catch (error) {
    return [(error as { code?: string }).code ?? (error as Error).name];
  }
}

test('a copy is what comes back when the value is written as JSON and read', () => {
  const seed = Number(process.env.VRSKY_SEED ?? 20_261_126);
  const random = randomFrom(seed);
  for (let count = 0; count < 20_000; count += 1) {
    const given = value(random, 4);
    const expected = ending(() => {
      const text = stringOf(given);
      return text === undefined ? undefined : JSON.parse(text);
    });
    assert.deepEqual(
      ending(() => clone(given)),
      expected,
      `seed ${seed}, case ${count}`,
    );
  }
});

test('a copy larger than an answer may be is refused', () => {
  const { value: expression } = compileExpression('$count($clone($))');
  const list = Array.from({ length: 100 }, () => 'abcdefghij');
  assert.equal(expression?.evaluate(list, {}, { outputBytes: 2000 }), 100);
  assert.throws(() => expression?.evaluate(list, {}, { outputBytes: 900 }), { code: 'D2016' });
});
