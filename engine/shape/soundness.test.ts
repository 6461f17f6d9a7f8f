// Holds what is followed against what JSONata gives: over the cases of the official suite that are at hand.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { AstNode } from '../expression/jsonata/ast.ts';
import { parseExpression } from '../expression/parse.ts';
import { followExpression } from './follow-expression.ts';
import type { Shape } from './shape.ts';
import { shapeOfValue } from './shape-of-value.ts';

interface SuiteCase {
  readonly case: string;
  readonly expr?: string;
  readonly data?: unknown;
  readonly dataset?: string;
  readonly result?: unknown;
}

const suite = path.resolve(import.meta.dirname, '../../../shared/jsonata-suite');
const missing = existsSync(suite)
  ? undefined
  : `${suite} not found: the suite is not part of this repository`;
const read = (...names: readonly string[]) => JSON.parse(readFileSync(path.join(suite, ...names), 'utf8'));

/** Whether the shape allows the value. */
function allows(shape: Shape, value: unknown): boolean {
  if (shape.any || value === undefined) return true;
  if (Array.isArray(value)) {
    const { items } = shape;
    return (
      items !== undefined &&
      value.every((item) => allows(items, item) || (Array.isArray(item) && allows(shape, item)))
    );
  }
  if (value === null) return shape.scalars.has('null');
  if (typeof value === 'object') {
    const { object } = shape;
    if (object === undefined) return false;
    return Object.entries(value).every(([name, inner]) => {
      const field = object.fields.get(name);
      return field === undefined ? object.open : allows(field.shape, inner);
    });
  }
  if (typeof value === 'number')
    return shape.scalars.has('number') || (shape.scalars.has('integer') && Number.isInteger(value));
  return shape.scalars.has(typeof value as 'string' | 'boolean');
}

interface Followable {
  readonly label: string;
  readonly input: unknown;
  readonly ast: AstNode;
  readonly result: unknown;
}

/** The cases that have an input and a result. */
function* cases(): Generator<Followable> {
  for (const group of readdirSync(path.join(suite, 'groups'))) {
    for (const { case: name, expr = '', data, dataset, result } of read('groups', group) as SuiteCase[]) {
      const input = data ?? (typeof dataset === 'string' ? read('datasets', `${dataset}.json`) : undefined);
      const { ast } = parseExpression(expr);
      if (ast !== undefined && input !== undefined && result !== undefined)
        yield { label: `${name}: ${expr}`, input, ast: ast as unknown as AstNode, result };
    }
  }
}

test('what an expression gives is always of the shape that was followed', { skip: missing }, () => {
  const wrong: string[] = [];
  let told = 0;
  for (const { label, input, ast, result } of cases()) {
    const { result: shape } = followExpression(ast, shapeOfValue(input));
    if (!shape.any) told++;
    if (!allows(shape, result)) wrong.push(label);
  }
  assert.deepEqual(wrong, []);
  assert.ok(told > 100, `only ${told} cases say anything`);
});

test('no field that the input has is said to be missing from an expression that gives something', {
  skip: missing,
}, () => {
  const wrong: string[] = [];
  for (const { label, input, ast } of cases()) {
    const text = JSON.stringify(input);
    const { dead } = followExpression(ast, shapeOfValue(input));
    wrong.push(
      ...dead
        .filter(({ name }) => text.includes(`${JSON.stringify(name)}:`))
        .map(({ name }) => `${name} in ${label}`),
    );
  }
  assert.deepEqual(wrong, []);
});
