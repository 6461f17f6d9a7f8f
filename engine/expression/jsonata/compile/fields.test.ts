// Holds paths of fields against the package where the context is a list that an array constructor made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { compileExpression } from '../../index.ts';

const document = {
  a: { x: 1 },
  d: [{ b: 1, c: [{ v: 1 }] }],
  e: [1],
  f: [[{ b: 2 }], [{ b: 3 }]],
  g: { h: [[1]] },
};

/** How the list comes to be; the path behind it is read from it. */
const BEFORE = ['a.[$$]', 'a.[$$, $$]', '[$$]', 'a.[[$$]]', '$$.[$]', 'd.[c]', 'f.[$]', 'a.[$$.d]'];
const PATHS = ['d', 'e', 'd.b', 'd.c', 'd[0].c', 'd[0].c[0].v', 'b', 'c.v', 'g.h', 'd.c.v'];

test('the context is walked through, what a field holds is one item', async () => {
  for (const before of BEFORE)
    for (const path of PATHS)
      for (const source of [
        `${before}.(${path})`,
        `${before}.${path}`,
        `${before}.$string(${path})`,
        `${before}.{"q": ${path}}`,
        `${before}{"q": ${path}}`,
        `${before}.($x := $; $x.${path})`,
        `${before}.(${path}[0])`,
        `${before}.[${path}]`,
      ]) {
        const expected = JSON.stringify(await jsonata(source).evaluate(document));
        const { value } = compileExpression(source);
        assert.equal(JSON.stringify(value?.evaluate(document, {})), expected, source);
      }
});
