// Compiles a field name.
import type { AstNode } from '../ast.ts';
import { lookup } from '../read-field.ts';
import type { Evaluator } from './evaluator.ts';

export function compileName(node: AstNode): Evaluator {
  const key = String(node.value);
  return (input) => lookup(input, key);
}
