import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { builtinNames } from './builtin-names.ts';

test('every built-in name is a function of the package', async () => {
  for (const name of builtinNames)
    assert.equal(await jsonata(`$type($${name})`).evaluate(undefined), 'function', name);
});
