import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { bindingDocs, builtinDocs } from './builtin-docs.ts';
import { builtinNames } from './builtin-names.ts';
import { MESSAGE_BINDINGS } from './types.ts';

test('every built-in name is a function of the package', async () => {
  for (const name of builtinNames)
    assert.equal(await jsonata(`$type($${name})`).evaluate(undefined), 'function', name);
});

test('every built-in name is documented, and every variable of a flow', () => {
  assert.deepEqual(new Set(Object.keys(builtinDocs)), builtinNames);
  for (const { call, about } of Object.values(builtinDocs)) {
    assert.match(call, /^\$\w+\(.*\)$/);
    assert.match(about, /^[A-Z`].*\.$/s);
  }
  assert.deepEqual(Object.keys(bindingDocs), MESSAGE_BINDINGS);
});
