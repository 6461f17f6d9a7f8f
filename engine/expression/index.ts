// Expressions, templates and rules, as the rest of the engine uses them.
export { compileExpression } from './expression.ts';
export { ExpressionError } from './expression-error.ts';
export { keptExpression } from './kept-expression.ts';
export { readsBindings, readsInput, templateReadsInput } from './reads-input.ts';
export { compileRules } from './rules.ts';
export { compileTemplate } from './template.ts';
export * from './types.ts';
