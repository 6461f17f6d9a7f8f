// Checks expressions and templates with the engine's own expression compiler.
import { checkExpression, compileTemplate } from '../expression/index.ts';
import type { ExpressionChecker, ExpressionProblem } from './expression-checker.ts';

export const jsonataChecker: ExpressionChecker = {
  expression: (source, bindings) => withoutConsequences(checkExpression(source, { bindings })),
  template: (source, bindings) => compileTemplate(source, { bindings }).problems,
};

/** Of several mistakes in the syntax of one expression only the first: the parser stumbles over the others because of it. */
function withoutConsequences(problems: readonly ExpressionProblem[]): readonly ExpressionProblem[] {
  const first = problems.find((problem) => problem.code === 'VRS4001');
  return problems.filter((problem) => problem.code !== 'VRS4001' || problem === first);
}
