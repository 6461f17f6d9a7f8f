import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from './index.ts';

const found = (source: string) =>
  compileExpression(source).problems.map(({ code, message, offset, length }) => [
    code,
    message,
    offset,
    length,
  ]);

test('a call that no arguments fit is found where it stands', () => {
  assert.deepEqual(found('a.$substring(b, 1, 2, 3)'), [
    ['VRS4004', '$substring takes 1 to 3 arguments, and gets 4', 2, 10],
  ]);
  assert.deepEqual(found('$sum()'), [['VRS4004', '$sum takes 1 argument, and gets 0', 0, 4]]);
  assert.deepEqual(found('$map(a)[0] + $now(1, 2, 3)').length, 2);
});

test('what comes from the context or from before ~> counts', () => {
  for (const fitting of [
    'name.$uppercase()',
    '"abc" ~> $substring(1, 1)',
    'a ~> $map(function($v){$v}) ~> $join(",")',
    '$zip(a, b, c, d, e, f)',
    '$map(a, $string)',
    '$substring(?, 1)',
  ])
    assert.deepEqual(found(fitting), [], fitting);
  assert.deepEqual(found('"abc" ~> $substring(1, 1, 1)').length, 1);
});

test('a function of one’s own with the name of a built-in one takes what it takes', () => {
  assert.deepEqual(found('($sum := function($a, $b){$a + $b}; $sum(1, 2))'), []);
});
