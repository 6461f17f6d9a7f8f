// Says what is wrong with expressions and templates, without compiling them: compiling brings most of this folder along.
import { checkNames } from './check-names.ts';
import { kept } from './kept.ts';
import { parseExpression } from './parse.ts';
import { inHole, templateParts } from './template-parts.ts';
import { type CompileOptions, type ExpressionProblem, MESSAGE_BINDINGS } from './types.ts';

/** The tree of an expression. Whoever follows what was checked asks for it again; it must not be changed. */
export const parseChecked = kept(parseExpression);

/** What `compileExpression` reports. */
export function checkExpression(source: string, options: CompileOptions = {}): readonly ExpressionProblem[] {
  const { ast, problems } = parseChecked(source);
  return ast === undefined ? problems : checkNames(ast, source, options.bindings ?? MESSAGE_BINDINGS);
}

/** What `compileTemplate` reports. */
export function checkTemplate(source: string): readonly ExpressionProblem[] {
  const { parts, problems } = templateParts(source);
  const holes = parts.filter((part) => typeof part !== 'string');
  return [...problems, ...holes.flatMap((hole) => inHole(hole, checkExpression(hole.source)))];
}
