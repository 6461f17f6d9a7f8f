// Evaluates an expression with the package and compiled, and says how the answers differ.
import { ExpressionError } from '../expression-error.ts';
import { compileExpression } from '../index.ts';
import { startOutput, toPlain } from '../jsonata/plain.ts';
import { reference } from './reference.ts';

export interface Difference {
  readonly source: string;
  readonly document: unknown;
  readonly expected: string;
  readonly actual: string;
}

/** `difference` when the answers differ; `skipped` says why they cannot be compared. */
export interface Comparison {
  readonly difference?: Difference;
  readonly skipped?: string;
  readonly isCompiled?: boolean;
}

const BINDINGS = { given: { a: 1, b: [1, 2] } };
const LIMITS = { timeoutMs: 400, depth: 600, sequence: 20_000, outputBytes: 1_000_000 };

/** Only one of the two has these limits at that point, or at all. */
const LIMIT_CODES = new Set(['D1011', 'D1012', 'D2014', 'D2015', 'D2016', 'D1020']);

/** A partial application of a built-in checks no types: what JavaScript makes of wrong ones is not compared. */
const PARTIAL = /\?\s*[,)]/;

/** What Node throws has codes too. */
const LANGUAGE_CODE = /^[A-Z][0-9]{4}$/;

const MOST = 10_000_000;

interface Outcome {
  /** JSON, or `throws` and a code. */
  readonly text: string;
  readonly code?: string | undefined;
}

export async function compare(source: string, document: unknown): Promise<Comparison> {
  const { now } = Date;
  const stopped = now();
  Date.now = () => stopped;
  try {
    return await compareAt(source, document);
  } finally {
    Date.now = now;
  }
}

async function compareAt(source: string, document: unknown): Promise<Comparison> {
  const { value: compiled } = compileExpression(source);
  const before = JSON.stringify(document);
  const expected = await interpret(source, document);
  if (expected === undefined)
    return { skipped: 'the package failed without a code, or changed what it was given' };
  if (compiled === undefined) {
    const isSyntax = expected.code?.startsWith('S') === true;
    return isSyntax
      ? {}
      : { difference: { source, document, expected: expected.text, actual: 'a syntax error' } };
  }
  if (!compiled.compiled) return { skipped: `not compiled: ${compiled.fallbackReason}`, isCompiled: false };
  const outcome = run(() => compiled.evaluate(document, BINDINGS, LIMITS));
  if (JSON.stringify(document) !== before) {
    return {
      difference: {
        source,
        document: JSON.parse(before),
        expected: expected.text,
        actual: 'the input was changed',
      },
    };
  }
  if (LIMIT_CODES.has(expected.code ?? '') || LIMIT_CODES.has(outcome.code ?? ''))
    return { skipped: 'limits' };
  if (outcome.text === expected.text) return { isCompiled: true };
  if (PARTIAL.test(source)) return { skipped: 'a partial application with a wrong argument' };
  return {
    difference: { source, document, expected: expected.text, actual: outcome.text },
    isCompiled: true,
  };
}

function run(evaluate: () => unknown): Outcome {
  try {
    return { text: JSON.stringify(evaluate()) ?? 'nothing' };
  } catch (error) {
    if (!(error instanceof ExpressionError)) return { text: `throws ${String(error)}` };
    return { text: `throws ${error.code}`, code: error.code };
  }
}

/** The package's transforms can change their input and what is bound, and tie it into a knot. */
function textOf(document: unknown): string {
  try {
    return JSON.stringify(document);
  } catch {
    return 'circular';
  }
}

async function interpret(source: string, document: unknown): Promise<Outcome | undefined> {
  const given = structuredClone({ document, bindings: BINDINGS });
  const before = JSON.stringify(given);
  const isChanged = (): boolean => textOf(given) !== before;
  try {
    const options = { timeout: LIMITS.timeoutMs, stack: 1500, sequence: LIMITS.sequence };
    const value = await reference(source, options).evaluate(given.document, given.bindings);
    if (isChanged()) return undefined;
    startOutput(MOST);
    return { text: JSON.stringify(toPlain(value)) ?? 'nothing' };
  } catch (error) {
    if (isChanged()) return undefined;
    const { code } = error as { readonly code?: unknown };
    return typeof code === 'string' && LANGUAGE_CODE.test(code)
      ? { text: `throws ${code}`, code }
      : undefined;
  }
}
