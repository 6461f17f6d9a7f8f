// Checks expressions and templates with the engine's own parser.
import { checkExpression, checkTemplate } from '../expression/check.ts';
import type { ExpressionChecker } from './expression-checker.ts';

export const jsonataChecker: ExpressionChecker = {
  expression: (source, bindings) => checkExpression(source, { bindings }),
  template: (source) => checkTemplate(source),
};
