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
  const bound = members.map((member) => namesBoundIn(member));
  if (bound.every(({ size }) => size === 0)) return;
  const evals = members.map(usesEval);
  const uses = members.map((member) => variablesIn(member));
  const users = countEach(uses);
  const evalCount = evals.filter(Boolean).length;
  bound.forEach((names, index) => {
    const isEvalBeside = evalCount > (evals[index] ? 1 : 0);
    for (const name of names) {
      const isUsedBeside = (users.get(name) ?? 0) > (uses[index]?.has(name) ? 1 : 0);
      if (scope.functionsUse(name) || isEvalBeside || isUsedBeside) throw new NotCompiled(REASON(name));
    }
  });
}

/** How many of the sets hold each name. */
function countEach(sets: readonly ReadonlySet<string>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const name of set) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** One member that is evaluated for several groups at once: they share what it binds. */
export function refuseAssignments(member: AstNode): void {
  const [name] = namesBoundIn(member);
  if (name !== undefined) throw new NotCompiled(REASON(name));
}

const REASON = (name: string): string =>
  `what $${name} is beside its own assignment depends on the order in which the package happens to evaluate`;

/** Names of the variables that stand anywhere in it. */
function variablesIn(root: unknown, names = new Set<string>()): ReadonlySet<string> {
  if (typeof root !== 'object' || root === null || root instanceof RegExp) return names;
  const { type, value } = root as AstNode;
  if (type === 'variable') names.add(String(value));
  for (const child of Object.values(root)) variablesIn(child, names);
  return names;
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
