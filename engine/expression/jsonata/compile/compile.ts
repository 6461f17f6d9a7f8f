// Compiles a whole expression into one synchronous function.
import type { Bindings, EvaluationLimits } from '../../types.ts';
import type { AstNode } from '../ast.ts';
import type { Frame } from '../frame.ts';
import { startOutput } from '../plain.ts';
import { begin, end } from '../run.ts';
import { Scope } from '../scope.ts';
import { isSequence, sequenceOf } from '../sequence.ts';
import { namesBoundIn, usesEval } from './bound-names.ts';
import type { Evaluator } from './evaluator.ts';
import { withOwnFunctions } from './fresh.ts';
import { compileOutput } from './output.ts';
import { namesInFunctions } from './side-by-side.ts';

/** Yields plain data. */
export type CompiledExpression = (
  input: unknown,
  bindings: Bindings | undefined,
  limits: EvaluationLimits,
) => unknown;

/** Throws NotCompiled for what only the package's evaluator can do. */
export function compileAst(ast: AstNode): CompiledExpression {
  const scope = new Scope(undefined, namesBoundIn(ast), usesEval(ast), false, namesInFunctions(ast));
  return toFunction(
    withOwnFunctions(() => compileOutput(ast, scope)),
    scope,
  );
}

/** Apart from what compiles, so that the syntax tree is not kept. */
function toFunction(evaluate: Evaluator, scope: Scope): CompiledExpression {
  const isEmpty = scope.isEmpty();
  return (input, bindings, limits) => {
    const outer = begin(input, bindings, limits);
    startOutput(limits.outputBytes);
    try {
      const context = Array.isArray(input) ? wrap(input) : input;
      return evaluate(context, isEmpty ? NOTHING_BOUND : scope.newFrame(undefined));
    } finally {
      end(outer);
    }
  };
}

/** The frame of expressions that bind nothing. */
const NOTHING_BOUND: Frame = [undefined];

/** An array as input is one input, not a sequence of them. */
function wrap(input: unknown[]): unknown {
  if (isSequence(input)) return input;
  const wrapped = sequenceOf(input);
  wrapped.outerWrapper = true;
  return wrapped;
}
