// Compiles grouping `{ key: value }`, which is also how objects are constructed.

import { append } from '../append.ts';
import type { AstNode, GroupNode } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { rememberKeys } from '../key-list.ts';
import { chargeName } from '../long-text.ts';
import { inObjectOrder } from '../object-order.ts';
import { spendOutput } from '../plain.ts';
import { setField } from '../read-field.ts';
import { checkLength, tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import { sequenceOf } from '../sequence.ts';
import type { Evaluator } from './evaluator.ts';
import { compileFieldsOfContext, flagged, nameOnce, plain, toFieldPath } from './fields.ts';
import { compileFill, type Entry } from './fill.ts';
import { fresh } from './fresh.ts';
import { compileNode } from './node.ts';
import { refuseAssignments, refuseShared } from './side-by-side.ts';
import type { FieldUse } from './templates/fields.ts';
import { groupItems } from './templates/groups.ts';
import { object, outputObject, shape } from './templates/objects.ts';

interface Pair {
  readonly key: Evaluator;
  readonly value: Evaluator;
}

export interface Group {
  data: unknown;
  /** Whether `data` is a list of this group's own. */
  isOwn: boolean;
  readonly pair: number;
}

/** Groups what `evaluate` yields, or the input itself. */
export function compileGroup(group: GroupNode, evaluate: Evaluator | undefined, scope: Scope): Evaluator {
  const step = compileGroupStep(group, scope);
  if (evaluate === undefined) return step;
  return (input, frame) => step(evaluate(input, frame), frame);
}

export function compileGroupStep(
  group: GroupNode,
  scope: Scope,
  compileValue: (node: AstNode, scope: Scope) => Evaluator = compileNode,
): Evaluator {
  refuseShared(
    group.lhs.map(([, value]) => value),
    scope,
  );
  for (const [key, value] of group.lhs) if (!isText(key)) refuseAssignments(value);
  const keys = knownKeys(group);
  if (keys === undefined) {
    const pairs = group.lhs.map(([key, value]) => ({
      value: compileValue(value, scope),
      key: compileNode(key, scope),
    }));
    return compileGrouping(group.position, pairs);
  }
  const isOutput = compileValue !== compileNode;
  const use = isOutput ? plain : flagged;
  const entries = group.lhs.map(([, value], index) => ({
    key: keys[index] as string,
    source: plainPath(value) ?? compileValue(value, scope),
  }));
  const fill = compileFill(entries, use);
  const ofList = groupingWithKeys(group.position, entries, use);
  if (!isOutput) return fresh(object)(fresh(shape)(), fill, ofList);
  const bytes = keys.reduce((sum, key) => sum + key.length + 4, 2);
  return fresh(outputObject)(fresh(shape)(), fill, ofList, spendOutput, bytes);
}

/** Made when a list is grouped for the first time, which is rare. */
function groupingWithKeys(position: number, entries: readonly Entry[], use: FieldUse): Evaluator {
  let grouping: Evaluator | undefined;
  return (input, frame) => {
    grouping ??= compileGrouping(
      position,
      entries.map(({ key, source }) => ({
        key: () => key,
        value: typeof source === 'function' ? source : compileFieldsOfContext(source, use),
      })),
    );
    return grouping(input, frame);
  };
}

/** The fields that a value is read along, when it is nothing else. */
function plainPath(value: AstNode): readonly string[] | undefined {
  const path = toFieldPath(value);
  if (path === undefined || path.start !== undefined) return undefined;
  return path.steps.every((step) => typeof step === 'string') ? path.steps : undefined;
}

/** The keys when all are known, different and no numbers: such an object is filled in the order in which it is written. */
function knownKeys({ lhs }: GroupNode): readonly string[] | undefined {
  const keys = lhs.map(([key]) => (isText(key) ? nameOnce(String(key.value)) : undefined));
  const isUsual = (key: string | undefined): key is string =>
    key !== undefined && key !== '__proto__' && !INTEGER.test(key) && !RESERVED.has(key);
  return keys.every(isUsual) && keys.length > 0 && new Set(keys).size === keys.length ? keys : undefined;
}

function isText({ type, predicate, group, keepArray }: AstNode): boolean {
  return type === 'string' && predicate === undefined && group === undefined && keepArray !== true;
}

function compileGrouping(position: number, pairs: readonly Pair[]): Evaluator {
  const [only] = pairs;
  const check = (key: unknown): string | undefined => checkKey(key, position);
  if (only !== undefined && pairs.length === 1)
    return fresh(groupItems)(
      only.key,
      only.value,
      check,
      newGroup,
      addItem,
      inObjectOrder,
      setField,
      rememberKeys,
      tick,
    );
  return (input, frame) => {
    const items: readonly unknown[] = Array.isArray(input) ? input : sequenceOf(input);
    // A literal object is built from nothing too.
    const groups = collect(items.length === 0 ? [undefined] : items, pairs, frame, position);
    const result: Record<string, unknown> = {};
    let count = 0;
    // An object puts indices first, so their values are evaluated first.
    for (const key of inObjectOrder(groups)) {
      tick();
      const { data, pair } = groups.get(key) as Group;
      const value = (pairs[pair] as Pair).value(data, frame);
      if (value === undefined) continue;
      setField(result, key, value);
      count += 1;
    }
    rememberKeys(result, count);
    return result;
  };
}

function newGroup(data: unknown): Group {
  return { data, isOwn: false, pair: 0 };
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

const RESERVED = new Set(['_jsonata_lambda', '_jsonata_function']);

/** A key is a text or nothing. */
export function checkKey(key: unknown, position: number): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key !== 'string') throw fault('T1003', { value: key, position });
  chargeName(key);
  if (key.startsWith('_') && RESERVED.has(key)) throw fault('D1013', { value: key, position });
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
  if (group === undefined) groups.set(key, { data: item, isOwn: false, pair });
  else if (group.pair !== pair) throw fault('D1009', { value: key, position });
  else addItem(group, item);
}

function addItem(group: Group, item: unknown): void {
  const { data } = group;
  if (group.isOwn && item !== undefined && !Array.isArray(item)) {
    checkLength((data as unknown[]).push(item));
    return;
  }
  if (data === undefined || item === undefined || Array.isArray(data) || Array.isArray(item)) {
    group.data = append(data, item);
    group.isOwn = group.data !== data && group.data !== item;
    return;
  }
  group.data = [data, item];
  group.isOwn = true;
}
