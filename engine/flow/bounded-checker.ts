// Bounds what checking the expressions of one file may cost.
import type { ExpressionChecker, ExpressionProblem } from './expression-checker.ts';

export interface CheckerLimits {
  /** Characters of one expression or template. */
  readonly maxLength: number;
  /** Expressions and holes of templates in all. */
  readonly maxExpressions: number;
  /** Texts with mistakes: what follows so many is not looked at. */
  readonly maxBroken: number;
}

export const CHECKER_LIMITS: CheckerLimits = { maxLength: 65_536, maxExpressions: 10_000, maxBroken: 1000 };

/** The checker with a memory and bounds, for one file: what goes beyond them is a problem, reported once for the number of expressions. */
export function boundedChecker(
  checker: ExpressionChecker,
  limits: CheckerLimits = CHECKER_LIMITS,
): ExpressionChecker {
  const known = { expression: new Map<string, Problems>(), template: new Map<string, Problems>() };
  let left = limits.maxExpressions;
  let broken = 0;
  const bounded =
    (kind: 'expression' | 'template'): ExpressionChecker['expression'] =>
    (source, bindings) => {
      const before = known[kind].get(source);
      if (before !== undefined) return before;
      if (source.length > limits.maxLength) return [tooLong(source, limits.maxLength)];
      if (left < 0 || broken > limits.maxBroken) return [];
      left -= kind === 'template' ? source.split('{{').length - 1 : 1;
      const problems = left < 0 ? [tooMany(source, limits.maxExpressions)] : checker[kind](source, bindings);
      if (problems.length > 0 && ++broken > limits.maxBroken) return [tooBroken(source, limits.maxBroken)];
      known[kind].set(source, problems);
      return problems;
    };
  return { expression: bounded('expression'), template: bounded('template') };
}

type Problems = readonly ExpressionProblem[];

function tooLong(source: string, maxLength: number): ExpressionProblem {
  const message = `The text has ${source.length} characters; an expression or template may have ${maxLength}`;
  return {
    code: 'VRS2009',
    message,
    offset: 0,
    length: source.length,
    help: 'Keep data in files, not in expressions.',
  };
}

function tooMany(source: string, maxExpressions: number): ExpressionProblem {
  const message = `The file holds more than ${maxExpressions} expressions`;
  return { code: 'VRS1005', message, offset: 0, length: source.length, help: 'Split it into several files.' };
}

function tooBroken(source: string, maxBroken: number): ExpressionProblem {
  const message = `The file holds more than ${maxBroken} expressions with mistakes; from here on they are not checked`;
  const help = 'Mend those above first: so many have few causes.';
  return { code: 'VRS1017', message, offset: 0, length: source.length, help };
}
