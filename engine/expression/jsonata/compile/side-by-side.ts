// Assignments in members of one constructor: the package evaluates members side by side, here they follow one another.
import type { AstNode } from '../ast.ts';
import type { Scope } from '../scope.ts';
import { namesBoundIn, usesEval } from './bound-names.ts';
import { NotCompiled } from './evaluator.ts';

/**
 * What another member reads of an assignment depends on turns of the event loop, so such members are left to the package. A name
 * that only its own member uses is the same either way.
 */
export function refuseShared(members: readonly AstNode[], scope: Scope): void {
  if (members.length < 2) return;
  members.forEach((member, index) => {
    const others = members.filter((_, at) => at !== index);
    for (const name of namesBoundIn(member))
      if (scope.functionsUse(name) || usesEval(others) || mentions(others, name))
        throw new NotCompiled(REASON(name));
  });
}

/** One member that is evaluated for several groups at once: they share what it binds. */
export function refuseAssignments(member: AstNode): void {
  const [name] = namesBoundIn(member);
  if (name !== undefined) throw new NotCompiled(REASON(name));
}

const REASON = (name: string): string =>
  `what $${name} is beside its own assignment depends on the order in which the package happens to evaluate`;

/** Whether a variable of that name stands anywhere in it. */
function mentions(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return false;
  const { type, value: own } = value as AstNode;
  if (type === 'variable' && own === name) return true;
  return Object.values(value).some((child) => mentions(child, name));
}

/** Names of variables in functions, which run wherever they are called. */
export function namesInFunctions(
  root: unknown,
  isInside = false,
  names = new Set<string>(),
): ReadonlySet<string> {
  if (typeof root !== 'object' || root === null || root instanceof RegExp) return names;
  const { type, value, thunk } = root as AstNode;
  if (isInside && type === 'variable') names.add(String(value));
  const isFunction = type === 'lambda' && thunk !== true;
  for (const child of Object.values(root)) namesInFunctions(child, isInside || isFunction, names);
  return names;
}
