// Evaluates an expression with the package's own evaluator: what the compiler does not cover, and what it is compared with.
import jsonata from 'jsonata';
import { toExpressionError } from './expression-error.ts';
import { startOutput, toPlain } from './jsonata/plain.ts';
import { DEFAULT_LIMITS, type EvaluationLimits, type Expression } from './types.ts';

/** `source` must have been parsed without an error. */
export function interpretExpression(source: string, fallbackReason: string): Expression {
  return {
    source,
    compiled: false,
    fallbackReason,
    async evaluate(input, bindings = {}, limits = {}) {
      try {
        const { outputBytes } = { ...DEFAULT_LIMITS, ...limits };
        const value: unknown = await prepare(source, limits).evaluate(input, { ...bindings });
        startOutput(outputBytes);
        return toPlain(value);
      } catch (thrown) {
        throw toExpressionError(thrown);
      }
    },
  };
}

/** The limits belong to a parsed expression, so each set of limits has its own. */
function prepare(source: string, limits: Partial<EvaluationLimits>): jsonata.Expression {
  const { timeoutMs, depth, sequence } = { ...DEFAULT_LIMITS, ...limits };
  return jsonata(source, { timeout: timeoutMs, stack: depth, sequence });
}
