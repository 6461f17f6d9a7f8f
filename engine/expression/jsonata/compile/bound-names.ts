// Finds the names that a part of an expression binds in its own scope.
import type { AstNode } from '../ast.ts';

/** Names bound with `:=` in `roots`, not inside a block or function of its own. */
export function namesBoundIn(...roots: readonly unknown[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const root of roots) collect(root, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, names);
    return;
  }
  const node = value as AstNode;
  if (node.type === 'bind') names.add(String((node.lhs as AstNode).value));
  for (const child of childrenInScope(node)) collect(child, names);
}

/** Blocks and functions have scopes of their own, but what hangs on a block (predicates, grouping) has not. */
function childrenInScope(node: AstNode): readonly unknown[] {
  const { expressions, body, ...rest } = node;
  if (node.type === 'block') return Object.values(rest);
  if (node.type === 'lambda') return node.thunk === true ? [body] : Object.values(rest);
  return [expressions, body, ...Object.values(rest)];
}

/** Names that a path binds for every tuple: `@$x`, `#$i`, and the labels behind `%`. */
export function namesOfTuples(path: AstNode): ReadonlySet<string> {
  const names = new Set<string>();
  collectLabels(path, names);
  return names;
}

function collectLabels(value: unknown, names: Set<string>): void {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
  if (Array.isArray(value)) {
    for (const item of value) collectLabels(item, names);
    return;
  }
  const node = value as AstNode;
  if (typeof node.focus === 'string') names.add(node.focus);
  if (typeof node.index === 'string') names.add(node.index);
  if (node.ancestor !== undefined) names.add(node.ancestor.label);
  if (node.type === 'index' && typeof node.value === 'string') names.add(node.value);
  for (const [member, child] of Object.entries(node)) if (member !== 'signature') collectLabels(child, names);
}

/** Whether names may be bound that the text of the expression does not show. */
export function usesEval(root: unknown): boolean {
  if (typeof root !== 'object' || root === null || root instanceof RegExp) return false;
  const node = root as AstNode;
  if (node.type === 'variable' && node.value === 'eval') return true;
  return Object.values(root).some(usesEval);
}
