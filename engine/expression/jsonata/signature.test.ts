// Holds signatures against the package, those among them that only it would take for one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { randomFrom } from '../fuzz/random.ts';
import { compileExpression } from '../index.ts';
import { parseSignature } from './signature.ts';

const ARGUMENTS = [
  '',
  '1',
  '"x"',
  'null',
  '[1]',
  '["x"]',
  '{}',
  'nothing',
  '1, "x"',
  '"x", [1], true',
  '$sum',
];

/** A function as an answer is another matter. */
const BODY = '{"a": $type($a), "b": $type($b), "c": $type($c), "text": $string([$a, $b, $c])}';

async function answer(run: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await run()) ?? 'nothing';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

async function compareAll(signature: string): Promise<void> {
  for (const given of ARGUMENTS) {
    const source = `$$.(function($a, $b, $c)${signature}{${BODY}}(${given}))`;
    let reference: jsonata.Expression;
    try {
      reference = jsonata(source);
    } catch {
      assert.equal(compileExpression(source).value, undefined, source);
      continue;
    }
    const { value } = compileExpression(source);
    for (const context of ['text', 5, { a: 1 }]) {
      const expected = await answer(() => reference.evaluate(context));
      assert.equal(
        await answer(() => value?.evaluate(context)),
        expected,
        `${source} of ${JSON.stringify(context)}`,
      );
    }
  }
}

test('a signature that is no proper one refuses what it refuses in the package', async () => {
  for (const signature of [
    '<([]ns-:n>',
    '<(^n)>',
    '<(]n)->',
    '<(n](n)s>',
    '<s-->',
    '<n?->',
    '<-s>',
    '<?+>',
    '<(a-s)>',
    '<(z-a)>',
    '<:',
    '<s',
    '<(>',
  ])
    await compareAll(signature);
});

test('random signatures are taken as the package takes them', async () => {
  const seed = Number(process.env.FUZZ_SEED ?? 20_250_102);
  const random = randomFrom(seed);
  const symbols = [...'snbloafjxsnaf(()<>>-?+:[]^'];
  for (let count = 0; count < 60; count += 1) {
    const inside = Array.from({ length: 1 + random.below(6) }, () => random.pick(symbols)).join('');
    await compareAll(`<${inside}>`);
  }
});

test('many parameters that may be left out are matched in linear time', () => {
  const { validate } = parseSignature(`<${'s?'.repeat(60)}n>`);
  const texts = Array.from({ length: 60 }, () => 'a');
  assert.deepEqual(validate([...texts, 1], undefined), [...texts, 1]);
  // Backtracking would try 10^17 ways.
  assert.throws(() => validate([...texts.slice(30), true], undefined), {
    code: 'T0410',
    inserts: { index: 31 },
  });
});
