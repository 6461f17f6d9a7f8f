// Data made to use up a worker, and what an expression over it ends with: in time, an answer or an error of the language.
import { type EvaluationLimits, ExpressionError } from '../index.ts';
import type { Expression } from '../types.ts';
import { noteWideObjects } from '../wide-objects.ts';

/** Texts of `size` UTF-16 units, lists of `items`, values nested `depth` deep. */
export interface HostileSize {
  readonly size: number;
  readonly items: number;
  readonly depth: number;
}

/** What the expressions below find in their input. Texts are flat, as those of messages are. */
export function hostileInput({ size, items, depth }: HostileSize): Readonly<Record<string, unknown>> {
  const numbers = Array.from({ length: items }, (_, index) => (index * 7919) % 1_000_003);
  const input = {
    ascii: fill('abcdefghij', size),
    wide: fill('aé😀b ', size),
    spaces: fill(' ', size),
    blanks: fill(' x\t', size),
    same: fill('a', size),
    digits: fill('9', size),
    escapes: fill('%20', size),
    base64: fill('QUJD', size),
    twin: fill('a', size),
    page: fill('aé😀b ', Math.min(size, PAGE)),
    letters: fill('a', Math.min(size, PAGE)),
    numbers,
    texts: numbers.map((number) => `k${number}`),
    objects: numbers.map((number) => ({ a: number, b: `x${number}` })),
    object: fields(numbers.slice(0, items / 8)),
    deepObject: nest(depth, (inner) => ({ a: inner })),
    deepList: nest(depth, (inner) => [inner]),
    quarter: fields(numbers.slice(0, items / 4)),
    record: fields(numbers),
  };
  const text = JSON.stringify(input);
  const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  noteWideObjects(value, text.length);
  return value;
}

function fields(numbers: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(numbers.map((number) => [`k${number}`, number]));
}

/** Short enough to be worked on in one go. */
const PAGE = 60_000;

function fill(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}

function nest(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

/** Codes with which something too large or too long may end. */
export const LIMIT_CODES: ReadonlySet<string> = new Set(['D1011', 'D1012', 'D2014', 'D2015', 'D2016']);

/** What an expression ends with: `answer`, or the code of its error. */
export type Ending = string;

export interface Ended {
  readonly ending: Ending;
  /** Milliseconds of wall time and of processor time that the event loop stood still. */
  readonly blockedMs: number;
  readonly processorMs: number;
}

export function runHostile(expression: Expression, input: unknown, limits: Partial<EvaluationLimits>): Ended {
  const before = process.threadCpuUsage();
  const start = performance.now();
  const ending = endingOf(() => expression.evaluate(input, {}, limits));
  const blockedMs = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { ending, blockedMs, processorMs: (user + system) / 1000 };
}

function endingOf(evaluate: () => unknown): Ending {
  try {
    evaluate();
    return 'answer';
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}
