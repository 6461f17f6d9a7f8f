// Compiles grouping `{ key: value }`, which is also how objects are constructed.

import { append } from '../append.ts';
import type { GroupNode } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { setField } from '../read-field.ts';
import { tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import { sequenceOf } from '../sequence.ts';
import { refuseAssignments } from './constructors.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';

interface Pair {
  readonly key: Evaluator;
  readonly value: Evaluator;
}

interface Group {
  data: unknown;
  readonly pair: number;
}

/** Groups what `evaluate` yields, or the input itself. */
export function compileGroup(group: GroupNode, evaluate: Evaluator | undefined, scope: Scope): Evaluator {
  const step = compileGroupStep(group, scope);
  if (evaluate === undefined) return step;
  return (input, frame) => step(evaluate(input, frame), frame);
}

export function compileGroupStep(group: GroupNode, scope: Scope): Evaluator {
  refuseAssignments(group.lhs.map(([, value]) => value));
  const pairs = group.lhs.map(([key, value]) => ({
    key: compileNode(key, scope),
    value: compileNode(value, scope),
  }));
  return (input, frame) => {
    const items: readonly unknown[] = Array.isArray(input) ? input : sequenceOf(input);
    // A literal object is built from nothing too.
    const groups = collect(items.length === 0 ? [undefined] : items, pairs, frame, group.position);
    const result: Record<string, unknown> = {};
    for (const key of inObjectOrder(groups)) {
      tick();
      const { data, pair } = groups.get(key) as Group;
      const value = (pairs[pair] as Pair).value(data, frame);
      if (value !== undefined) setField(result, key, value);
    }
    return result;
  };
}

function collect(
  items: readonly unknown[],
  pairs: readonly Pair[],
  frame: Frame,
  position: number,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const item of items) {
    for (let index = 0; index < pairs.length; index += 1) {
      tick();
      const key = checkKey((pairs[index] as Pair).key(item, frame), position);
      if (key !== undefined) addTo(groups, key, item, index, position);
    }
  }
  return groups;
}

const INTEGER = /^(?:0|[1-9][0-9]*)$/;

/** Objects put keys that are integers first, so their values are evaluated first. */
export function inObjectOrder(groups: ReadonlyMap<string, unknown>): Iterable<string> {
  for (const key of groups.keys()) {
    if (INTEGER.test(key)) return Object.keys(Object.fromEntries(groups));
  }
  return groups.keys();
}

const RESERVED = new Set(['_jsonata_lambda', '_jsonata_function']);

/** A key is a text or nothing. */
export function checkKey(key: unknown, position: number): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key !== 'string') throw fault('T1003', { value: key, position });
  if (RESERVED.has(key)) throw fault('D1013', { value: key, position });
  return key;
}

export function addTo(
  groups: Map<string, Group>,
  key: string,
  item: unknown,
  pair: number,
  position: number,
): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, { data: item, pair });
  else if (group.pair !== pair) throw fault('D1009', { value: key, position });
  else group.data = append(group.data, item);
}
