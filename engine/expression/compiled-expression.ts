// An expression that runs as closures: synchronous, with plain data as its result.
import { ExpressionError, toExpressionError } from './expression-error.ts';
import { fault } from './jsonata/fault.ts';
import type { CompiledExpression } from './jsonata/index.ts';
import { DEFAULT_LIMITS, type EvaluationLimits, type Expression } from './types.ts';

export function toExpression(source: string, run: CompiledExpression): Expression {
  return {
    source,
    compiled: true,
    evaluate(input, bindings, given) {
      const limits = given === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...given };
      try {
        return run(input, bindings, limits);
      } catch (thrown) {
        throw thrown instanceof ExpressionError ? thrown : asError(thrown, limits);
      }
    },
  };
}

/** What JavaScript itself refuses: too deep a stack, too long a text, an argument that no signature checked. */
function asError(thrown: unknown, limits: EvaluationLimits): ExpressionError {
  if (thrown instanceof RangeError && thrown.message.includes('call stack')) return fault('D1011');
  if (thrown instanceof RangeError) return fault('D2016', { value: limits.outputBytes });
  if (thrown instanceof TypeError)
    return fault('T0410', { message: `An argument has the wrong type: ${thrown.message}` });
  return toExpressionError(thrown);
}
