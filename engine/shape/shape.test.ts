import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { schemaOfShape } from './schema-of-shape.ts';
import { fieldNames, fieldOf, isClosed, isNothing, oneOf, union, unionOf } from './shape.ts';
import { shapeOfSchema } from './shape-of-schema.ts';
import { shapeOfValue } from './shape-of-value.ts';

const schemaOf = (...values: readonly unknown[]) => {
  const { $schema: _, ...schema } = schemaOfShape(unionOf(values.map((value) => shapeOfValue(value))));
  return schema;
};

describe('shapes of examples', () => {
  test('a field that some examples lack is optional, one with several kinds of values has them all', () => {
    assert.deepEqual(schemaOf({ id: 1, note: 'x' }, { id: 'a' }), {
      type: 'object',
      required: ['id'],
      properties: { id: { type: ['integer', 'string'] }, note: { type: 'string' } },
    });
  });

  test('items of a list are one shape; whole numbers beside others are numbers', () => {
    assert.deepEqual(schemaOf([1, 2.5]), { type: 'array', items: { type: 'number' } });
    assert.deepEqual(schemaOf([{ a: 1 }, { b: null }]), {
      type: 'array',
      items: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'null' } } },
    });
  });

  test('of empty lists and objects nothing is claimed', () => {
    assert.deepEqual(schemaOf([]), { type: 'array' });
    assert.deepEqual(schemaOf({ a: {} }).properties, { a: { type: 'object' } });
    assert.equal(isClosed(shapeOfValue({})), false);
  });

  test('a field of a list is that of its items', () => {
    const lines = fieldOf(shapeOfValue({ lines: [{ sku: 'a' }, { price: 1 }] }), 'lines');
    assert.deepEqual(fieldNames(lines), ['sku', 'price']);
    assert.deepEqual([...oneOf(fieldOf(lines, 'sku')).scalars], ['string']);
    assert.ok(isNothing(fieldOf(lines, 'sum')));
  });

  test('names of the prototype are no fields, and may be ones', () => {
    assert.ok(isNothing(fieldOf(shapeOfValue({ a: 1 }), 'constructor')));
    assert.deepEqual(fieldNames(shapeOfValue(JSON.parse('{"__proto__": {"x": 1}}'))), ['__proto__']);
  });

  test('deep and wide examples take no time to speak of', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    const wide = Array.from({ length: 20_000 }, (_, index) => ({ id: index, [`k${index % 50}`]: index }));
    assert.ok(union(shapeOfValue(deep), shapeOfValue(wide)).items !== undefined);
  });
});

describe('shapes of JSON Schemas', () => {
  test('an inferred schema describes the shape it was made from', () => {
    const value = { id: 'a', n: [1, 2.5], deep: [{ x: null }, { y: true }], empty: [], open: {} };
    const schema = schemaOfShape(shapeOfValue(value));
    assert.deepEqual(schemaOfShape(shapeOfSchema(schema)), { ...schema });
  });

  test('references, also recursive ones, alternatives and parts are followed', () => {
    const shape = shapeOfSchema({
      definitions: {
        node: {
          type: 'object',
          properties: { name: { type: 'string' }, next: { $ref: '#/definitions/node' } },
        },
        named: { properties: { label: { const: 'x' } } },
      },
      allOf: [{ $ref: '#/definitions/node' }, { $ref: '#/definitions/named' }],
    });
    assert.deepEqual(fieldNames(shape).toSorted(), ['label', 'name', 'next']);
    assert.ok(isClosed(shape));
    const either = shapeOfSchema({ oneOf: [{ properties: { a: {} } }, { type: 'string' }] });
    assert.deepEqual([fieldNames(either), [...either.scalars]], [['a'], ['string']]);
  });

  test('objects are open only where the schema says so', () => {
    assert.ok(isClosed(shapeOfSchema({ properties: { a: {} } })));
    assert.ok(!isClosed(shapeOfSchema({ properties: { a: {} }, additionalProperties: true })));
    assert.ok(!isClosed(shapeOfSchema({ type: 'object' })));
  });

  test('what is no schema says nothing', () => {
    for (const odd of [null, 5, [], { $ref: 'https://example.com/x' }, { $ref: '#/no/where' }, { $ref: '#' }])
      assert.ok(shapeOfSchema(odd).any, JSON.stringify(odd));
  });
});
