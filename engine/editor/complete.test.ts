import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { complete } from './complete.ts';
import { testWorld } from './test-world.ts';

/** What is offered at the `|`, without the functions and variables that every expression has. */
async function offered(marked: string): Promise<readonly string[]> {
  const { world, offset, source } = await testWorld(marked);
  return complete(source, offset, world)
    .filter(({ kind, detail }) => kind === 'name' || kind === 'field' || detail === 'of this expression')
    .map(({ label }) => label);
}

const head = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers:
    - { name: in, type: file, directory: ., sample: order.json }
  steps:
`;
const tail = `
  producers:
    - { name: out, type: log }
    - { name: other, type: file, directory: ., path: "{{ id }}" }
`;
const filter = (when: string) => `${head}    - { name: a, type: filter, when: '${when}' }${tail}`;

suite('targets', () => {
  const step = (to: string) =>
    `${head}    - name: a\n      type: filter\n      when: id\n      to: ${to}\n    - { name: b, type: set }${tail}`;

  test('are every step and producer but the step itself', async () => {
    assert.deepEqual(await offered(step('|')), ['b', 'out', 'other']);
    assert.deepEqual(await offered(step('o|t')), ['b', 'out', 'other']);
    assert.deepEqual(await offered(step('[ out, | ]')), ['b', 'out', 'other']);
    assert.deepEqual(await offered(step('\n        - out\n        - |')), ['b', 'out', 'other']);
  });

  test('are offered in a list that is not closed yet', async () => {
    assert.deepEqual(await offered(step('[ out, |')), ['b', 'out', 'other']);
  });

  test('of a route may be the word drop where nothing else holds', async () => {
    const route = (to: string, otherwise: string) =>
      `${head}    - name: a\n      type: route\n      routes: [ { when: id, to: ${to} } ]\n      otherwise: ${otherwise}${tail}`;
    assert.deepEqual(await offered(route('|', 'out')), ['out', 'other']);
    assert.deepEqual(await offered(route('out', '|')), ['out', 'other', 'drop']);
  });

  test('of a test are those of the flow that it is about', async () => {
    const tests = (given: string, more: string) =>
      `${filter('id')}---\napiVersion: vrsky.io/v1\nkind: Test\nmetadata: { name: t }\nspec:\n  flow: orders\n  cases:\n    - name: x\n      given: [ { payload: 1, at: ${given} } ]\n      ${more}\n`;
    assert.deepEqual(await offered(tests('|', 'expect: {}')), ['in', 'a']);
    assert.deepEqual(await offered(tests('in', 'expect: { delivered: [ { to: | } ] }')), ['out', 'other']);
    assert.deepEqual(await offered(tests('in', 'expect: { filtered: [ { by: | } ] }')), ['a']);
    assert.deepEqual(await offered(tests('in', 'producers: { ou|: [] }')), ['out', 'other']);
    assert.deepEqual(await offered(tests('in', 'expect: {}').replace('flow: orders', 'flow: |')), ['orders']);
  });
});

suite('fields', () => {
  test('are those of the message, and of what stands before the dot', async () => {
    assert.deepEqual(await offered(filter('|')), ['id', 'customer', 'lines', '`ship to`']);
    assert.deepEqual(await offered(filter('customer.|')), ['name', 'city']);
    assert.deepEqual(await offered(filter('customer.na|')), ['name', 'city']);
    assert.deepEqual(await offered(filter('lines[0].|')), ['sku', 'price']);
  });

  test('are those of the item inside a path, a predicate and a function', async () => {
    assert.deepEqual(await offered(filter('$sum(lines.(price * |')), ['sku', 'price']);
    assert.deepEqual(await offered(filter('$sum(lines.(price * |)) > 3')), ['sku', 'price']);
    assert.deepEqual(await offered(filter('lines[s|].price')), ['sku', 'price']);
    assert.deepEqual(await offered(filter('$map(lines, function($l) { $l.|')), ['sku', 'price']);
    assert.deepEqual(await offered(filter('{ "a": lines.|')), ['sku', 'price']);
  });

  test('are offered in blocks, templates and rules', async () => {
    const block = `${head}    - name: a\n      type: map\n      expression: |\n        {\n          "x": customer.§\n        }${tail}`;
    assert.deepEqual(await offered(block), ['name', 'city']);
    assert.deepEqual(await offered(filter('id').replace('{{ id', '{{ customer.|')), ['name', 'city']);
    assert.deepEqual(await offered(filter('id').replace('{{ id', 'x| {{ id')), []);
    const rules = `${head}    - { name: a, type: filter, rules: { field: customer.|, eq: 1 } }${tail}`;
    assert.deepEqual(await offered(rules), ['name', 'city']);
  });

  test('are not offered where there is no name: texts, comments, unknown messages', async () => {
    assert.deepEqual(await offered(filter('id = "|')), []);
    assert.deepEqual(await offered(filter('/* |')), []);
    assert.deepEqual(
      await offered(filter('id').replace(', sample: order.json', '').replace("'id'", "'|'")),
      [],
    );
  });
});

test('functions, variables of the message and of the expression begin with a dollar', async () => {
  const { world, offset, source } = await testWorld(filter('($total := 3; $|'));
  const proposals = complete(source, offset, world);
  const labels = proposals.map(({ label }) => label);
  assert.ok(['$headers', '$total', '$sum'].every((label) => labels.includes(label)));
  assert.deepEqual(
    proposals.find(({ label }) => label === '$round'),
    {
      kind: 'function',
      label: '$round',
      detail: '$round(number[, precision])',
      about: 'The nearest number with so many digits behind the point; halves go to the even one.',
      replaces: 1,
    },
  );
});

test('outside of manifests, between fields and in remarks nothing is offered', async () => {
  assert.deepEqual(await offered('a: |b'), []);
  assert.deepEqual(await offered(`${head}    - name: a # to: |${tail}`), []);
  assert.deepEqual(await offered(`${head}    |${tail}`), []);
});
