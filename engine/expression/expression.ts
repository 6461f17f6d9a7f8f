// Compiles and checks one expression.
import { checkNames } from './check-names.ts';
import { interpretExpression } from './interpret.ts';
import { parseExpression } from './parse.ts';
import {
  type Compiled,
  type CompileOptions,
  type Expression,
  type ExpressionProblem,
  MESSAGE_BINDINGS,
} from './types.ts';

/** Parses, checks and compiles. `value` is absent when a problem is an error. */
export function compileExpression(source: string, options: CompileOptions = {}): Compiled<Expression> {
  const { ast, problems } = parseExpression(source);
  if (ast === undefined) return { problems };
  const names = checkNames(ast, source, options.bindings ?? MESSAGE_BINDINGS);
  return { value: interpretExpression(source, 'not compiled yet'), problems: names };
}

/** What {@link compileExpression} reports, without compiling. */
export function checkExpression(source: string, options: CompileOptions = {}): readonly ExpressionProblem[] {
  return compileExpression(source, options).problems;
}
