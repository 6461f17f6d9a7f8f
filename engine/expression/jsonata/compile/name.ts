// Compiles a field name.
import type { AstNode } from '../ast.ts';
import { isInherited } from '../field-path.ts';
import { lookup } from '../read-field.ts';
import type { Evaluator } from './evaluator.ts';
import { nameOnce } from './fields.ts';
import { fresh } from './fresh.ts';
import { type FieldUse, fields1 } from './templates/fields.ts';

export function compileName(node: AstNode): Evaluator {
  const key = nameOnce(String(node.value));
  if (isInherited(key)) return (input) => lookup(input, key);
  return fresh(fields1)(key, [key], unfinished);
}

/** Neither unwrapped nor flagged anew; functions that a host put into its data are not for expressions to reach. */
const unfinished: FieldUse = {
  slow: (list, [key]) => lookup(list, key as string),
  finish: (value) => (typeof value === 'function' ? undefined : value),
  text: () => undefined,
};
