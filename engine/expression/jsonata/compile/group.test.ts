// Holds grouping of what a path of fields finds against the package, over lists in every place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { compileExpression } from '../../index.ts';

const EXPRESSIONS = [
  'a{k: v}',
  'a{k: $sum(v)}',
  'a.b{k: $count(v)}',
  'a.b{"all": v}',
  'a.b{$string(k): $sum(b.v), "n": $count($)}',
  'a.b{"k": k, "v": v}',
  '$sum(a.(v * 2))',
  '$sum(a.b.v)',
];

const one = { k: 'x', v: 1 };
const two = { k: 'y', v: 2 };

const VALUES = [
  undefined,
  null,
  'text',
  7,
  one,
  [],
  [one],
  [one, two, one],
  [[one, two]],
  [[one], [two]],
  [{}, two],
];

function documents(): readonly unknown[] {
  const inner = VALUES.map((value) => ({ a: value }));
  const deep = VALUES.flatMap((value) => [
    { a: { b: value } },
    { a: [{ b: value }, {}] },
    { a: [{ b: value }, { b: [] }] },
  ]);
  return [...inner, ...deep, ...inner.map((document) => [document, { a: two }]), ...VALUES];
}

async function answer(run: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await run()) ?? 'nothing';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

test('what an array constructor in parentheses leads to is sorted only when it is a list', async () => {
  const document = [{ d: { d: { x: 1 } } }, [1], { d: { a: 1 } }];
  for (const source of [
    '([$].d.d)^($)',
    '([$].d.d)^($).x',
    '(["b"].("cab"))^($)',
    '(["b"].("cab"))^($).$uppercase($)',
    '(["b"].(5))^($)',
    '(["b"].(5))^($)[0]',
    '(["b"].("cab"))^($)[1]',
    '([3, 1, 2].($))^($)',
    '(["b"].({"k": 2}))^($){k: 1}',
  ]) {
    const expected = await answer(() => jsonata(source).evaluate(structuredClone(document)));
    const { value } = compileExpression(source);
    assert.equal(await answer(() => value?.evaluate(document)), expected, source);
  }
});

test('grouping what a path finds, and adding it up, answers as the package does', async () => {
  for (const source of EXPRESSIONS) {
    const { value } = compileExpression(source);
    const reference = jsonata(source);
    for (const document of documents()) {
      const expected = await answer(() => reference.evaluate(structuredClone(document)));
      assert.equal(
        await answer(() => value?.evaluate(document)),
        expected,
        `${source} of ${JSON.stringify(document)}`,
      );
    }
  }
});
