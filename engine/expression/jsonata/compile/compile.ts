// Compiles a whole expression into one synchronous function.
import type { Bindings, EvaluationLimits } from '../../types.ts';
import type { AstNode } from '../ast.ts';
import { startOutput, toPlain } from '../plain.ts';
import { inRun } from '../run.ts';
import { Scope } from '../scope.ts';
import { isSequence, sequenceOf } from '../sequence.ts';
import { namesBoundIn, usesEval } from './bound-names.ts';
import { compileNode } from './node.ts';

/** Yields plain data. */
export type CompiledExpression = (
  input: unknown,
  bindings: Bindings | undefined,
  limits: EvaluationLimits,
) => unknown;

/** Throws NotCompiled for what only the package's evaluator can do. */
export function compileAst(ast: AstNode): CompiledExpression {
  const scope = new Scope(undefined, namesBoundIn(ast), usesEval(ast));
  const evaluate = compileNode(ast, scope);
  const run = (input: unknown): unknown => toPlain(evaluate(wrap(input), scope.newFrame(undefined)));
  return (input, bindings, limits) => {
    startOutput(limits.outputBytes);
    return inRun(run, input, bindings, limits);
  };
}

/** An array as input is one input, not a sequence of them. */
function wrap(input: unknown): unknown {
  if (!Array.isArray(input) || isSequence(input)) return input;
  const wrapped = sequenceOf(input);
  wrapped.outerWrapper = true;
  return wrapped;
}
