// Functions on arrays.
import { append } from '../append.ts';
import { fault } from '../fault.ts';
import { copyItems } from '../long-list.ts';
import { chargeName, chargeText } from '../long-text.ts';
import { mergeSort } from '../merge-sort.ts';
import { charge, tick } from '../run.ts';
import { isSequence, newSequence } from '../sequence.ts';
import { deepEqual, isArrayOfNumbers, isArrayOfStrings, isFunction } from '../values.ts';
import { Builtin, type Implementation } from './builtin.ts';

/** Undefined stays undefined. */
function optional(calculate: (items: unknown[]) => unknown): Implementation {
  return ([items]) => (items === undefined ? undefined : calculate(items as unknown[]));
}

/** Of a long list, between two looks at the clock: the lowest bits of an index. */
const PIECE = 0xfff;

function add(items: readonly unknown[]): number {
  let total = 0;
  for (let index = 0; index < items.length; index += 1) {
    if ((index & PIECE) === PIECE) charge(PIECE >> 4);
    total += items[index] as number;
  }
  return total;
}

function extreme(items: readonly unknown[], pick: (a: number, b: number) => number): number | undefined {
  charge(items.length >> 4);
  let found: number | undefined;
  for (const item of items as readonly number[]) found = found === undefined ? item : pick(found, item);
  return found;
}

/** The reference skips equal values by comparing each with all: work that grows with the square. */
function distinct(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= 1) return value;
  const results: unknown[] = isSequence(value) ? newSequence() : [];
  const seen = new Set<unknown>();
  const objects: object[] = [];
  for (const item of value) {
    tick();
    if (typeof item === 'object' && item !== null) {
      if (objects.some((other) => deepEqual(item, other))) continue;
      objects.push(item);
    } else if (Number.isNaN(item)) {
      results.push(item);
      continue;
    } else if (isSeen(item, seen)) continue;
    results.push(item);
  }
  return results;
}

/** Notes it as well. V8 tells long texts of equal length apart only by comparing them. */
function isSeen(item: unknown, seen: Set<unknown>): boolean {
  if (typeof item === 'string') chargeName(item);
  if (seen.has(item)) return true;
  seen.add(item);
  return false;
}

function shuffle(items: readonly unknown[]): unknown {
  if (items.length <= 1) return items;
  const result: unknown[] = [];
  items.forEach((item, index) => {
    tick();
    const at = Math.floor(Math.random() * (index + 1));
    if (index !== at) result[index] = result[at];
    result[at] = item;
  });
  return result;
}

function reverse(items: readonly unknown[]): unknown {
  if (items.length <= 1) return items;
  return copyItems(items).reverse();
}

function zip(lists: readonly unknown[]): unknown {
  const length = Math.min(...lists.map((list) => (Array.isArray(list) ? list.length : 0)));
  const result: unknown[] = [];
  for (let index = 0; index < length; index += 1) {
    charge(lists.length);
    result.push(lists.map((list) => (list as readonly unknown[])[index]));
  }
  return result;
}

function sort(items: unknown[], comparator: unknown, frame: unknown[]): unknown {
  if (items.length <= 1) return items;
  if (isFunction(comparator)) {
    return mergeSort(items, (a, b) => Boolean(comparator.enter([a, b], null, frame)));
  }
  if (!isArrayOfNumbers(items) && !isArrayOfStrings(items)) throw fault('D3070', { inserts: { index: 1 } });
  return mergeSort(items, comesAfter);
}

/** Both are numbers, or both texts. */
function comesAfter(a: unknown, b: unknown): boolean {
  if (typeof a === 'string') chargeText(a);
  if (typeof b === 'string') chargeText(b);
  return (a as number) > (b as number);
}

export const arrayBuiltins: Readonly<Record<string, Builtin>> = {
  sum: new Builtin('sum', '<a<n>:n>', 1, optional(add)),
  count: new Builtin('count', '<a:n>', 1, ([items]) =>
    items === undefined ? 0 : (items as unknown[]).length,
  ),
  max: new Builtin(
    'max',
    '<a<n>:n>',
    1,
    optional((items) => extreme(items, Math.max)),
  ),
  min: new Builtin(
    'min',
    '<a<n>:n>',
    1,
    optional((items) => extreme(items, Math.min)),
  ),
  average: new Builtin(
    'average',
    '<a<n>:n>',
    1,
    optional((items) => (items.length === 0 ? undefined : add(items) / items.length)),
  ),
  append: new Builtin('append', '<xx:a>', 2, ([first, second]) => append(first, second)),
  reverse: new Builtin('reverse', '<a:a>', 1, optional(reverse)),
  shuffle: new Builtin('shuffle', '<a:a>', 1, optional(shuffle)),
  distinct: new Builtin('distinct', '<x:x>', 1, ([value]) => distinct(value)),
  zip: new Builtin('zip', '<a+>', 0, zip),
  sort: new Builtin('sort', '<af?:a>', 2, ([items, comparator], frame) =>
    items === undefined ? undefined : sort(items as unknown[], comparator, frame),
  ),
};
