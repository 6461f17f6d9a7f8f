// Checks expressions and templates with the engine's own expression compiler.
import { checkExpression, compileTemplate } from '../expression/index.ts';
import type { ExpressionChecker } from './expression-checker.ts';

export const jsonataChecker: ExpressionChecker = {
  expression: (source, bindings) => checkExpression(source, { bindings }),
  template: (source, bindings) => compileTemplate(source, { bindings }).problems,
};
