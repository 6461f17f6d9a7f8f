// Runs the cases of the official JSONata suite that are at hand, compiled.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ExpressionError } from './expression-error.ts';
import { compileExpression } from './index.ts';

interface SuiteCase {
  readonly case: string;
  readonly expr: string;
  readonly data?: unknown;
  readonly dataset?: string;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly error?: { readonly code: string };
  readonly timelimit?: number;
  readonly depth?: number;
}

const suite = path.resolve(import.meta.dirname, '../../../shared/jsonata-suite');

/** The suite's own runner stops these with a code that the package does not have. */
const RUNNER_CODE = 'U1001';
const LIMIT_CODES = ['D1011', 'D1012'];

function read(...names: readonly string[]): unknown {
  return JSON.parse(readFileSync(path.join(suite, ...names), 'utf8'));
}

function inputOf({ data, dataset }: SuiteCase): unknown {
  if (data !== undefined) return data;
  return dataset === undefined || dataset === null ? undefined : read('datasets', `${dataset}.json`);
}

async function evaluate({
  expr,
  bindings,
  timelimit,
  depth,
  ...rest
}: SuiteCase): Promise<{ value?: unknown; code?: string }> {
  const { value, problems } = compileExpression(expr);
  if (value === undefined) return { code: String(problems[0]?.jsonataCode) };
  assert.equal(value.compiled, true, value.fallbackReason);
  try {
    const limits = { timeoutMs: timelimit ?? 2000, depth: depth ?? 2000 };
    return { value: await value.evaluate(inputOf({ expr, ...rest }), bindings ?? {}, limits) };
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return { code: error.code };
  }
}

const missing = existsSync(suite)
  ? undefined
  : `${suite} not found: the suite is not part of this repository`;

test('the compiled language passes the official suite', { skip: missing }, async (t) => {
  for (const group of readdirSync(path.join(suite, 'groups'))) {
    await t.test(`group ${path.basename(group, '.json')}`, async () => {
      for (const found of read('groups', group) as readonly SuiteCase[]) {
        const wanted = found.code ?? found.error?.code;
        const { value, code } = await evaluate(found);
        const label = `${found.case}: ${found.expr}`;
        if (wanted === RUNNER_CODE) {
          assert.ok(LIMIT_CODES.includes(String(code)), `${label}: ${code}`);
          continue;
        }
        assert.equal(code, wanted, label);
        if (wanted === undefined)
          assert.deepEqual(value, found.undefinedResult ? undefined : found.result, label);
      }
    });
  }
});
