// The compiler of JSONata: from the syntax tree to a synchronous function.
export type { AstNode } from './ast.ts';
export { type CompiledExpression, compileAst } from './compile/compile.ts';
export { NotCompiled } from './compile/evaluator.ts';
