// Says what is wrong with expressions and templates, without compiling them: compiling brings most of this folder along.
import { checkNames } from './check-names.ts';
import { parseExpression } from './parse.ts';
import { inHole, templateParts } from './template-parts.ts';
import { type CompileOptions, type ExpressionProblem, MESSAGE_BINDINGS } from './types.ts';

/** What `compileExpression` reports. */
export function checkExpression(source: string, options: CompileOptions = {}): readonly ExpressionProblem[] {
  const { ast, problems } = parseExpression(source);
  return ast === undefined ? problems : checkNames(ast, source, options.bindings ?? MESSAGE_BINDINGS);
}

/** What `compileTemplate` reports. */
export function checkTemplate(source: string): readonly ExpressionProblem[] {
  const { parts, problems } = templateParts(source);
  const holes = parts.filter((part) => typeof part !== 'string');
  return [...problems, ...holes.flatMap((hole) => inHole(hole, checkExpression(hole.source)))];
}
