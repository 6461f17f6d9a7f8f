// Holds $boolean and $not against the package where an array has nothing in it but nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { compileExpression } from '../../index.ts';

const ARGUMENTS = [
  'nowhere',
  'nowhere[]["x"]',
  'nowhere[][true]',
  '[nowhere[]["x"]]',
  '[]',
  '[[]]',
  '[[0, 1]]',
];

test('an array with nothing as its only item is nothing to $boolean', async () => {
  for (const name of ['boolean', 'not']) {
    for (const argument of ARGUMENTS) {
      const source = `$${name}(${argument})`;
      const { value } = compileExpression(source);
      assert.ok(value?.compiled, source);
      const expected: unknown = await jsonata(source).evaluate({});
      assert.equal(value.evaluate({}), expected, source);
    }
  }
  assert.equal(compileExpression('$boolean(nowhere[]["x"])').value?.evaluate({}), undefined);
});
