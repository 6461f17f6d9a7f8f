import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../../index.ts';

function nested(depth: number): unknown {
  return depth === 0 ? [] : { first: [nested(depth - 1), { deep: {} }], last: 'é' };
}

test('indented text is what JSON.stringify writes, however deep', () => {
  const expression = compileExpression('$string($, true)').value;
  for (const depth of [0, 1, 5, 100])
    assert.equal(expression?.evaluate(nested(depth)), JSON.stringify(nested(depth), undefined, 2));
});

test('white space counts as the text that it is', () => {
  const deep = nested(100);
  const bytes = JSON.stringify(deep, undefined, 2).length;
  assert.ok(bytes > 5 * JSON.stringify(deep).length);
  const expression = compileExpression('$string($, true)').value;
  assert.throws(() => expression?.evaluate(deep, {}, { outputBytes: bytes - 1000 }), { code: 'D2016' });
});
