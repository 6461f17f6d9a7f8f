// Compiles the order-by operator `^(…)`.
import type { AstNode, SortTerm } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { chargeText } from '../long-text.ts';
import { mergeSort } from '../merge-sort.ts';
import type { Scope } from '../scope.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';

interface Term {
  readonly key: Evaluator;
  readonly isDescending: boolean;
}

export type SortItems = (items: unknown[], frame: Frame) => unknown[];

export function compileTerms(terms: readonly SortTerm[], scope: Scope): readonly Term[] {
  return terms.map(({ expression, descending }) => ({
    key: compileNode(expression, scope),
    isDescending: descending,
  }));
}

export function compileSort(node: AstNode, scope: Scope): SortItems {
  const terms = compileTerms(node.terms ?? [], scope);
  return (items, frame) => {
    // An array constructor in front of a path may have led to one value instead of a list.
    if (!Array.isArray(items)) return items;
    return mergeSort(items, (a, b) => comesAfter(terms, a, b, frame, frame, node.position));
  };
}

/** Whether `a` belongs behind `b`. Each item is looked at in the frame of its own bindings. */
export function comesAfter(
  terms: readonly Term[],
  a: unknown,
  b: unknown,
  frameOfA: Frame,
  frameOfB: Frame,
  position: number | undefined,
): boolean {
  for (const { key, isDescending } of terms) {
    const order = compare(key(a, frameOfA), key(b, frameOfB), isDescending, position);
    if (order !== 0) return order === 1;
  }
  return false;
}

/** Nothing comes last, whichever the direction. */
function compare(a: unknown, b: unknown, isDescending: boolean, position: number | undefined): number {
  if (a === undefined) return b === undefined ? 0 : 1;
  if (b === undefined) return -1;
  if (!isSortable(a) || !isSortable(b)) throw fault('T2008', { value: isSortable(a) ? b : a, position });
  if (typeof a !== typeof b) throw fault('T2007', { value: a, position, inserts: { value2: b } });
  if (typeof a === 'string') chargeText(a);
  if (typeof b === 'string') chargeText(b);
  if (a === b) return 0;
  return a < b !== isDescending ? -1 : 1;
}

function isSortable(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
