import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { builtinArity, describeArity } from './builtin-arity.ts';
import { builtinNames } from './builtin-names.ts';

/** What a call with so many arguments that are nothing ends with in the package: `T0410` when no call of that length fits. */
async function fits(name: string, count: number): Promise<boolean> {
  const { signature } = (await jsonata(`$${name}`).evaluate(undefined)) as {
    readonly signature: { readonly definition: string };
  };
  // One parameter after the other: a letter or a choice in parentheses, perhaps with a subtype, then what may be added to it.
  const parameters = signature.definition
    .slice(1, -1)
    .replace(/:[^:]*$/, '')
    .replace(/<[^<>]*>/g, '')
    .matchAll(/(?:\([^)]*\)|[a-z])([-?+]?)/g);
  const suffixes = [...parameters].map(([, suffix]) => suffix);
  const needed = suffixes.filter((suffix) => suffix === '' || suffix === '+').length;
  return count >= needed && (suffixes.includes('+') || count <= suffixes.length);
}

test('every function takes as many arguments as in the package', async () => {
  assert.deepEqual(new Set(builtinArity.keys()), builtinNames);
  for (const [name, { least, most }] of builtinArity)
    for (let count = 0; count < 6; count++)
      assert.equal(count >= least && count <= most, await fits(name, count), `$${name} with ${count}`);
});

test('a call of another length ends with T0410 in the package, whatever its arguments and its context', async () => {
  const values = ['"a"', '1', '[1]', '{}', 'true', '/a/', 'function($v){$v}', 'nothing'];
  for (const [name, { least, most }] of builtinArity)
    for (const count of [least - 1, most + 1]) {
      if (count < 0 || count > 5) continue;
      for (const value of values)
        for (const context of ['text', 1, {}]) {
          const source = `$${name}(${Array.from({ length: count }, () => value).join(', ')})`;
          await assert.rejects(jsonata(source).evaluate(context), { code: /^T041[012]$/ }, source);
        }
    }
});

test('the number of arguments is told in words', () => {
  assert.equal(describeArity({ least: 1, most: 1 }), '1 argument');
  assert.equal(describeArity({ least: 0, most: 1 }), '0 or 1 argument');
  assert.equal(describeArity({ least: 1, most: 3 }), '1 to 3 arguments');
  assert.equal(describeArity({ least: 1, most: Number.POSITIVE_INFINITY }), '1 or more arguments');
});
