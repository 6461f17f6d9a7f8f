// Every comparison of the rules, over values that fit it and values that do not.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { compileRules } from './rules.ts';

function holds(rules: unknown, input: unknown, headers: Readonly<Record<string, string>> = {}): boolean {
  const { value, problems } = compileRules(rules);
  assert.ok(value, JSON.stringify(problems));
  return value.evaluate(input, { headers });
}

const order = {
  total: 100,
  country: 'NO',
  note: null,
  tags: ['new', 'priority'],
  customer: { name: 'Ada', address: { city: 'London' } },
  lines: [{ sku: 'A-1' }, { sku: 'B-2' }],
};

const comparisons: readonly (readonly [comparison: object, field: string, expected: boolean])[] = [
  [{ eq: 100 }, 'total', true],
  [{ eq: '100' }, 'total', false],
  [{ eq: 'NO' }, 'country', true],
  [{ eq: null }, 'note', true],
  [{ eq: null }, 'missing', false],
  [{ eq: { city: 'London' } }, 'customer.address', true],
  [{ eq: ['new', 'priority'] }, 'tags', true],
  [{ ne: 100 }, 'total', false],
  [{ ne: 99 }, 'total', true],
  [{ ne: 'SE' }, 'missing', true],
  [{ gt: 99 }, 'total', true],
  [{ gt: 100 }, 'total', false],
  [{ gte: 100 }, 'total', true],
  [{ gte: '100' }, 'total', false],
  [{ lt: 101 }, 'total', true],
  [{ lt: 100 }, 'total', false],
  [{ lte: 100 }, 'total', true],
  [{ lte: 99 }, 'total', false],
  [{ lt: 'NP' }, 'country', true],
  [{ gt: 'NP' }, 'country', false],
  [{ gt: 0 }, 'country', false],
  [{ lt: 0 }, 'missing', false],
  [{ lt: 1 }, 'note', false],
  [{ gte: 50, lt: 150 }, 'total', true],
  [{ gte: 50, lt: 100 }, 'total', false],
  [{ in: ['SE', 'NO'] }, 'country', true],
  [{ in: ['SE', 'DK'] }, 'country', false],
  [{ in: [] }, 'country', false],
  [{ in: [1, 100] }, 'total', true],
  [{ matches: '^N.$' }, 'country', true],
  [{ matches: 'n' }, 'country', false],
  [{ matches: '1' }, 'total', false],
  [{ exists: true }, 'country', true],
  [{ exists: true }, 'note', true],
  [{ exists: true }, 'missing', false],
  [{ exists: false }, 'missing', true],
  [{ exists: false }, 'customer.address.city', false],
  [{ exists: true }, 'customer.address.street', false],
  [{ exists: true }, 'missing.below.it', false],
  [{ contains: 'priority' }, 'tags', true],
  [{ contains: 'old' }, 'tags', false],
  [{ contains: { sku: 'B-2' } }, 'lines', true],
  [{ contains: 'N' }, 'country', true],
  [{ contains: 'X' }, 'country', false],
  [{ contains: 1 }, 'total', false],
  [{ contains: '' }, 'missing', false],
];

suite('a comparison', () => {
  for (const [comparison, field, expected] of comparisons)
    test(`${field} ${JSON.stringify(comparison)} is ${expected}`, () => {
      assert.equal(holds({ field, ...comparison }, order), expected);
      assert.equal(holds({ not: { field, ...comparison } }, order), !expected);
    });
});

test('groups combine tests and groups', () => {
  const yes = { field: 'total', eq: 100 };
  const no = { field: 'total', eq: 1 };
  assert.equal(holds({ all: [yes, yes] }, order), true);
  assert.equal(holds({ all: [yes, no] }, order), false);
  assert.equal(holds({ any: [no, yes] }, order), true);
  assert.equal(holds({ any: [no, no] }, order), false);
  assert.equal(holds({ any: [no, { all: [yes, { not: no }] }] }, order), true);
  assert.equal(holds({ not: { any: [no, { not: yes }] } }, order), true);
});

test('headers are fields too', () => {
  assert.equal(holds({ field: '$headers.source', eq: 'web' }, order, { source: 'web' }), true);
  assert.equal(holds({ field: '$headers.source', exists: false }, order), true);
});

test('what lies on a prototype is not there', () => {
  for (const field of ['constructor', '__proto__', 'toString', 'tags.length', 'country.length'])
    assert.equal(holds({ field, exists: true }, order), false, field);
});

test('a payload that is no object fails every test, without an error', () => {
  for (const input of [undefined, null, 1, 'text', []])
    assert.equal(holds({ field: 'total', gte: 0 }, input), false, JSON.stringify(input));
});
