// Holds that an evaluation leaves nothing of its own behind: its limits end with it, whatever it ended with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../index.ts';
import { DEFAULT_LIMITS } from '../types.ts';
import { checkLength, checkText, enter, outputLimit, remainingTime, timeLimit } from './run.ts';

const narrow = { timeoutMs: 50, depth: 3, sequence: 5, outputBytes: 100 };

function assertDefaults(): void {
  assert.equal(timeLimit(), DEFAULT_LIMITS.timeoutMs);
  assert.equal(remainingTime(), DEFAULT_LIMITS.timeoutMs);
  assert.equal(outputLimit(), DEFAULT_LIMITS.outputBytes);
  checkLength(narrow.sequence + 1);
  checkText(narrow.outputBytes + 1);
  enter();
}

test('the limits of an evaluation end with its answer', () => {
  assert.equal(compileExpression('$sum([1..5])').value?.evaluate(1, {}, narrow), 15);
  assertDefaults();
});

test('the limits of an evaluation end with its error', () => {
  for (const source of [
    '[1..6]',
    '$error("x")',
    '($f := function($n){1 + $f($n)}; $f(1))',
    '$pad("", 101)',
  ]) {
    const { value } = compileExpression(source);
    assert.throws(() => value?.evaluate(1, {}, narrow), { name: 'ExpressionError' });
    assertDefaults();
  }
});

test('an evaluation inside another gives the limits of the outer one back', () => {
  const inner = compileExpression('$count([1..5])').value;
  const host = {
    get nested(): unknown {
      return inner?.evaluate(1, {}, narrow);
    },
  };
  assert.equal(compileExpression('nested + $count([1..1000])').value?.evaluate(host), 1005);
});
