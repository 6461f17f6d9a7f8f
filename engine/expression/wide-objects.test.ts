// Holds that objects of many fields are known when they come from a document, so that listing them is refused before it takes too long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseForm } from '../format/form.ts';
import { parseJson } from '../format/json.ts';
import { parseXml } from '../format/xml/parse-xml.ts';
import { compileExpression } from './index.ts';

const COUNT = 300_000;
const MESSAGE = new RegExp(
  `^An object of ${COUNT} fields cannot be listed in the 100 milliseconds .*\\$lookup`,
);

const names = Array.from({ length: COUNT }, (_, index) => `k${(index * 7919) % 1_000_003}`);
const fields = names.map((name) => `"${name}":1`).join();
const input = parseJson(`{"x":{${fields}},"list":[1,2]}`);

function evaluate(source: string, input: unknown, limits = {}): unknown {
  return compileExpression(source).value?.evaluate(input, {}, limits);
}

const LISTINGS = [
  '$keys(x)',
  '$spread(x)',
  '$each(x, function($v, $k){$k})',
  '$sift(x, function($v){true})',
  '$merge([x, {"a": 1}])',
  'x.*',
  'x.**',
  'x ~> |$|{"a": 1}|',
  '$clone(x)',
  '$string(x)',
  'x = {"a": 1}',
  '$boolean(x)',
  'x ? 1 : 2',
  '{"copy": x}',
  'x',
];

test('what lists the keys of a large object is refused before, with what to do instead', () => {
  for (const source of LISTINGS)
    assert.throws(() => evaluate(source, input), { code: 'D1012', message: MESSAGE }, source);
});

test('fields of a large object are read as of any other', () => {
  assert.equal(evaluate(`x.${names[5]} + $lookup(x, "${names[7]}") + $sum(list)`, input), 5);
});

test('with enough time a large object is listed whole', () => {
  assert.deepEqual(evaluate('$keys(x)', input, { timeoutMs: 60_000 }), names);
});

test('large objects are found wherever they stand in JSON', () => {
  const inputs = [
    `[1,2.5,{"deep":[[null,{"x":{${fields}}}]]}]`,
    `[0.5,1.5,"text",{"deep":{"x":{${fields}}}}]`,
  ];
  for (const text of inputs)
    assert.throws(() => evaluate('$keys(**.x)', parseJson(text)), { code: 'D1012', message: MESSAGE });
});

test('large objects are found in XML and in forms', () => {
  const xml = parseXml(`<x>${names.map((name) => `<${name}>1</${name}>`).join('')}</x>`);
  assert.throws(() => evaluate('$keys(x)', xml), { code: 'D1012', message: MESSAGE });
  const form = parseForm(names.map((name) => `${name}=1`).join('&'));
  assert.throws(() => evaluate('$keys($)', form), { code: 'D1012', message: MESSAGE });
});

test('a field that comes again and again is one', () => {
  assert.deepEqual(evaluate('$keys(x)', parseJson(`{"x":{${'"a":1,'.repeat(COUNT)}"b":2}}`)), ['a', 'b']);
});
