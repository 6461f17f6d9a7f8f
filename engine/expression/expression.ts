// Compiles and checks one expression.
import { checkNames } from './check-names.ts';
import { toExpression } from './compiled-expression.ts';
import { interpretExpression } from './interpret.ts';
import { type AstNode, compileAst, NotCompiled } from './jsonata/index.ts';
import { parseExpression } from './parse.ts';
import { type Compiled, type CompileOptions, type Expression, MESSAGE_BINDINGS } from './types.ts';

/** Parses, checks and compiles. `value` is absent when the text is no expression at all. */
export function compileExpression(source: string, options: CompileOptions = {}): Compiled<Expression> {
  const { ast, problems } = parseExpression(source);
  if (ast === undefined) return { problems };
  const names = checkNames(ast, source, options.bindings ?? MESSAGE_BINDINGS);
  return { value: compileOrInterpret(source, ast as AstNode), problems: names };
}

function compileOrInterpret(source: string, ast: AstNode): Expression {
  try {
    return toExpression(source, compileAst(ast));
  } catch (error) {
    if (!(error instanceof NotCompiled)) throw error;
    return interpretExpression(source, error.message);
  }
}
