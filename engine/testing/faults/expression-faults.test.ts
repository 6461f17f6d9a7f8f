import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expressionFaults } from './expression-faults.ts';

const sources = (source: string) => expressionFaults(source).map((fault) => fault.source);

test('each fault changes one token', () => {
  assert.deepEqual(sources('total >= 100'), ['total_ >= 100', 'total < 100', 'total > 100', 'total >= 101']);
  assert.deepEqual(sources('a and "x"'), ['a_ and "x"', 'a or "x"', 'a and "x~"']);
  assert.deepEqual(sources('`#text` != b'), ['`#text~` != b', '`#text` = b', '`#text` != b_']);
});

test('functions, variables, what is inside texts, and comments are left alone', () => {
  assert.deepEqual(sources('$sum($x)'), []);
  assert.deepEqual(sources('"a = b"'), ['"a = b~"']);
  assert.deepEqual(sources('/* a = b */ c'), ['/* a = b */ c_']);
  assert.deepEqual(sources('$x := true'), []);
});
