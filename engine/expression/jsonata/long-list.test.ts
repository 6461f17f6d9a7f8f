// Holds that long lists come out as short ones do, and that a range is nobody else's list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../index.ts';

function evaluate(source: string, input: unknown, limits = {}): unknown {
  return compileExpression(source).value?.evaluate(input, {}, { timeoutMs: 60_000, ...limits });
}

test('lists of lists flatten in their order, however long they are', () => {
  const inner = Array.from({ length: 70_000 }, (_, index) => index);
  const input = { rows: [{ v: inner }, { v: 'x' }, { v: inner }, { v: [] }, { v: [1, 2] }] };
  const expected = [...inner, 'x', ...inner, 1, 2];
  assert.deepEqual(evaluate('rows.v', input), expected);
  assert.deepEqual(evaluate('rows.(v)', input), expected);
  assert.deepEqual(evaluate('$lookup(rows, "v")', input), expected);
  assert.deepEqual(evaluate('rows.*', input), expected);
});

test('what flattens to more than the limit is refused, wherever it does', () => {
  const input = { rows: [{ v: [1, 2, 3] }, { v: [4, 5, 6] }] };
  for (const source of ['rows.v', 'rows.(v)', '$lookup(rows, "v")', '$append(rows[0].v, rows[1].v)']) {
    assert.equal((evaluate(`$count(${source})`, input, { sequence: 6 }) as number) > 0, true, source);
    assert.throws(() => evaluate(source, input, { sequence: 5 }), { code: 'D2015' }, source);
  }
});

test('a range is a new list each time, and goes into another as any list does', () => {
  assert.deepEqual(evaluate('[1..3, 5, 7..8]', {}), [1, 2, 3, 5, 7, 8]);
  assert.deepEqual(evaluate('[0, 1..1, 3..2]', {}), [0, 1]);
  assert.deepEqual(evaluate('[1..0]', {}), []);
  assert.deepEqual(evaluate('[[1..2], [3..3]]', {}), [[1, 2], [3]]);
  assert.deepEqual(evaluate('($l := [1..3]; [[$l, 4], [$l], $count($l)])', {}), [[1, 2, 3, 4], [1, 2, 3], 3]);
  const { value } = compileExpression('[1..3]');
  const first = value?.evaluate(undefined) as number[];
  first.push(9);
  assert.deepEqual(value?.evaluate(undefined), [1, 2, 3]);
});
