// Holds objects whose fields are read from one place against the package, over every kind of place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { compileExpression } from '../../index.ts';

const MAPPING = `{
  "a": party.name, "b": party.address.city, "c": party.address.zip, "d": party.address.country.code,
  "e": id, "f": date, "g": party.name, "h": party.tags, "i": $uppercase(id), "j": party.address.country.name
}`;

const address = { city: 'Bergen', zip: '5003', country: { code: 'NO', name: 'Norway' } };
const party = { name: 'Nordic', address, tags: ['a', 'b'] };

const PARTIES = [
  party,
  undefined,
  null,
  'a text',
  5,
  [],
  [party],
  [party, party],
  [[party], { name: ['x', 'y'], address: [address, address] }],
  { name: null, address: 'here' },
  { name: { first: 'A' }, address: [] },
  { address: { country: [{ code: 'NO' }, { code: 'SE', name: 'Sweden' }], city: [[1, 2], 3] } },
];

test('fields read below one field are what the package answers, in its order', async () => {
  for (const expression of [MAPPING, `[${MAPPING}]`, `($m := ${MAPPING}; $m)`, `$keys(${MAPPING})`]) {
    const { value } = compileExpression(expression);
    for (const one of PARTIES)
      for (const input of [{ id: 'x', party: one }, [{ party: one }, { id: 'y', party }], one]) {
        const expected: unknown = await jsonata(expression).evaluate(structuredClone(input));
        assert.equal(JSON.stringify(value?.evaluate(input)), JSON.stringify(expected), JSON.stringify(input));
      }
  }
});
