// Holds what blocks and conditions answer with against the package: each unwraps what it hands on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { compileExpression } from '../../index.ts';

const EXPRESSIONS = [
  '$map([1], $keys)',
  '($map([1], $keys))',
  '(($map([1], $keys)))',
  '(1; $map([1], $keys))',
  '($each({"k": 1}, $keys))',
  'true ? $map([1], $keys) : 1',
  'true ? ($map([1], $keys)) : 1',
  '(1; true ? $map([1], $keys) : 1)',
  '{"a": ($map([1], $keys)), "b": true ? $map([1], $keys) : 1}',
  '[($map([1], $keys))]',
  '($map([1, 2], $keys))',
  '($x := $map([1], $keys); $x)',
  '($x := {"a": $map([1], $keys)}; $x.a)',
  '([1][])',
  '(1 ? [1..1] : 2)',
  '[] = {}',
  '[] = {"length": 0}',
  '{} = []',
];

test('what is unwrapped once more by a block or a condition is so in the answer', async () => {
  for (const source of EXPRESSIONS) {
    const { value } = compileExpression(source);
    assert.ok(value?.compiled, source);
    const expected = (await jsonata(source).evaluate(7)) as unknown;
    assert.equal(JSON.stringify(value.evaluate(7)), JSON.stringify(expected), source);
  }
});
