// Holds that texts are worked out once as long as they are asked for, and that what is kept is bounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept } from './kept.ts';
import { keptExpression } from './kept-expression.ts';

function counted() {
  const made: string[] = [];
  const of = kept((source) => {
    made.push(source);
    return { source };
  });
  return { made, of };
}

test('a text that was asked for is not worked out again', () => {
  const { made, of } = counted();
  assert.equal(of('a'), of('a'));
  of('b');
  of('a');
  assert.deepEqual(made, ['a', 'b']);
});

test('many texts push out those that nobody asked for lately, and only those', () => {
  const { made, of } = counted();
  of('wanted');
  for (let index = 0; index < 2000; index++) {
    of(`text ${index}`);
    of('wanted');
  }
  assert.equal(made.filter((source) => source === 'wanted').length, 1);
  of('text 1999');
  assert.equal(made.at(-1), 'text 1999');
  assert.equal(made.length, 2001);
  of('text 0');
  assert.equal(made.length, 2002);
});

test('a text that is longer than all that may be kept is worked out each time', () => {
  const { made, of } = counted();
  const long = 'x'.repeat(70_000);
  of(long);
  of('a');
  of(long);
  assert.equal(made.length, 3);
});

test('an expression that was kept answers each input for itself, also within itself', () => {
  const one = keptExpression('$sum(items.(price * quantity))').value;
  const again = keptExpression('$sum(items.(price * quantity))').value;
  assert.equal(one, again);
  assert.equal(one?.evaluate({ items: [{ price: 2, quantity: 3 }] }), 6);
  assert.equal(again?.evaluate({ items: [{ price: 1, quantity: 1 }] }), 1);
});

test('what is wrong with a text is kept, too', () => {
  assert.equal(keptExpression('a +').value, undefined);
  assert.equal(keptExpression('a +').problems[0]?.code, 'VRS4001');
});
