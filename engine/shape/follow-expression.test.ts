import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AstNode } from '../expression/jsonata/ast.ts';
import { parseExpression } from '../expression/parse.ts';
import { followExpression } from './follow-expression.ts';
import { schemaOfShape } from './schema-of-shape.ts';
import { shapeOfValue } from './shape-of-value.ts';

const order = {
  id: 'A-1',
  status: 'paid',
  customer: { name: 'Kari', address: { city: 'Bergen' }, note: null },
  lines: [{ sku: 'TENT', price: 2.5, quantity: 1 }],
  tags: ['a'],
  extra: {},
};

const follow = (source: string, input: unknown = order) =>
  followExpression(parseExpression(source).ast as unknown as AstNode, shapeOfValue(input));
/** The names of the dead ends, with where they end. */
const dead = (source: string, input?: unknown) =>
  follow(source, input).dead.map(({ name, end }) => `${name}@${end}`);
const result = (source: string) => {
  const { $schema: _, ...schema } = schemaOfShape(follow(source).result);
  return schema;
};

describe('paths that cannot exist', () => {
  for (const [source, wanted] of [
    ['custmer.name', ['custmer@7']],
    ['customer.adress.city', ['adress@15']],
    ['id.value', ['value@8']],
    ['lines.total', ['total@11']],
    ['lines[prise > 5].sku', ['prise@11']],
    ['lines[0].skuu', ['skuu@13']],
    ['lines.(price * quantitty)', ['quantitty@24']],
    ['lines^(>prize).sku', ['prize@13']],
    ['{ "a": idd, "b": [statuss] }', ['idd@10', 'statuss@25']],
    ['( $c := customer; $c.nam )', ['nam@24']],
    ['$map(lines, function($l) { $l.skuu })', ['skuu@34']],
    ['$sum(lines.prices)', ['prices@17']],
    ['total > 1 and status = "x"', ['total@5']],
    ['lines{sku: $sum(prise)}', ['prise@21']],
    ['$$.idd', ['idd@6']],
    ['customer.`full name`', ['full name@20']],
    ['$merge([customer, {"x": 1}]).namee', ['namee@34']],
    ['lines.{"s": sku}.t', ['t@18']],
    ['status = "a" ? idd : customer.nam', ['idd@18', 'nam@33']],
  ] as const) {
    test(source, () => assert.deepEqual(dead(source), wanted));
  }
});

describe('nothing is said about', () => {
  for (const source of [
    'customer.address.city & $uppercase(status)',
    'lines.sku[0]',
    '$exists(shipping) ? shipping.cost : 0',
    'shipping ? shipping.cost : 0',
    'shipping ?? "none"',
    'id ? id : number',
    'shipping and shipping.cost > 3',
    'extra.anything.at.all',
    'customer.note.text',
    '$headers.`x-anything` & $key',
    '**.whatever',
    'customer.*.city',
    'lines@$l.customer[$l.x = name]',
    '$lookup(customer, "nam").x',
    '$reduce(lines, function($a, $l) { $a + $l.price })',
    'lines.%.id',
    '$filter(lines, function($l) { $l.price > 1 }).sku',
    '(lines ~> $map(function($l) { $l.sku }))',
    '$unknown.x.y',
    'tags[$ = "a"]',
    '/a/i',
    '| customer | {"x": 1} |',
  ]) {
    test(source, () => assert.deepEqual(dead(source), []));
  }
});

describe('what comes out of an expression', () => {
  test('an object constructor gives exactly its fields', () => {
    assert.deepEqual(
      result('{ "id": id, "n": $count(lines), "big": total > 1, "to": customer.name & "!" }'),
      {
        type: 'object',
        required: ['id', 'n', 'big', 'to'],
        properties: {
          id: { type: 'string' },
          n: { type: 'number' },
          big: { type: 'boolean' },
          to: { type: 'string' },
        },
      },
    );
  });

  test('a path over a list may give one or many', () => {
    assert.deepEqual(result('lines.price'), { type: ['array', 'number'], items: { type: 'number' } });
    assert.deepEqual(result('lines.price[]'), { type: 'array', items: { type: 'number' } });
  });

  test('a computed key leaves the object open', () => {
    assert.equal(result('{ id: 1 }').additionalProperties, undefined);
    assert.deepEqual(dead('{ id: 1 }.anything'), []);
  });

  test('deep nesting is followed no further instead of overflowing', () => {
    const ast = { type: 'name', value: 'x', position: 1 } as AstNode;
    let deep = ast;
    for (let depth = 0; depth < 50_000; depth++) deep = { type: 'block', expressions: [deep] };
    assert.deepEqual(followExpression(deep, shapeOfValue(order)).dead, []);
  });
});
