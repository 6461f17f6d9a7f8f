// Reads a path of fields such as `a.b[0].c`: straight through objects, item by item through lists.
import { addAll, copyItems } from './long-list.ts';
import { readField } from './read-field.ts';
import { charge } from './run.ts';
import { markSequence, type Sequence } from './sequence.ts';

/** A field, or which item of it when the step ends in `[2]` or `[-1]`. */
export type FieldStep = string | { readonly key: string; readonly index: number };

export function keyOf(step: FieldStep): string {
  return typeof step === 'string' ? step : step.key;
}

export function indexOf(step: FieldStep): number | undefined {
  return typeof step === 'string' ? undefined : step.index;
}

/** Names that every object has a member of; whoever reads them must ask whether it is its own. */
export function isInherited(key: string): boolean {
  return key in Object.prototype;
}

/** What a path is worth whose steps have led to one value. */
export function finishValue(value: unknown, marks: boolean): unknown {
  if (typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (!Array.isArray(value) || (value as Sequence).sequence !== true) return value;
  return finishItems(copyItems(value), marks);
}

/** A list made by an array constructor is one item. */
export function itemsOf(list: Sequence): readonly unknown[] {
  return list.cons === true ? [list] : list;
}

export function itemAt(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value[index < 0 ? value.length + index : index];
  return index === 0 || index === -1 ? value : undefined;
}

/** The steps from `from` on, for every item; each step's lists flatten into one. No step may be {@link isInherited}. The answer is unwrapped; `marks` says whether a list of several is flagged. */
export function readThrough(
  items: readonly unknown[],
  steps: readonly FieldStep[],
  from: number,
  marks: boolean,
): unknown {
  return walk(items, steps, from, (found) => finishItems(found, marks));
}

/** The same as the list that it is, however many items it has; undefined when there is nothing. */
export function readAll(items: readonly unknown[], steps: readonly FieldStep[], from: number): unknown {
  return walk(items, steps, from, (found) => found);
}

/** Of a long list, between two looks at the clock: the lowest bits of an index. */
const PIECE = 0xfff;

/** The only list found at the end is the answer as it stands; `finish` is given any other. */
function walk(
  items: readonly unknown[],
  steps: readonly FieldStep[],
  from: number,
  finish: (found: unknown[]) => unknown,
): unknown {
  let list = items;
  for (let at = from; at < steps.length; at += 1) {
    const step = steps[at] as FieldStep;
    const key = keyOf(step);
    const index = indexOf(step);
    charge(list.length & PIECE);
    const found: unknown[] = [];
    let count = 0;
    let first: unknown;
    for (let item = 0; item < list.length; item += 1) {
      if ((item & PIECE) === PIECE) charge(PIECE);
      let value = readOne(list[item], key);
      if (index !== undefined) value = itemAt(value, index);
      if (value === undefined) continue;
      if (count === 0) first = value;
      count += 1;
      if (!Array.isArray(value) || (value as Sequence).cons === true) found.push(value);
      else addAll(value, found);
    }
    const isLast = at === steps.length - 1;
    if (isLast && count === 1 && Array.isArray(first) && (first as Sequence).sequence !== true) return first;
    if (found.length === 0) return undefined;
    list = found;
  }
  return finish(list as unknown[]);
}

function finishItems(items: unknown[], marks: boolean): unknown {
  if (items.length > 1) return marks ? markSequence(items) : items;
  return items[0];
}

function readOne(item: unknown, key: string): unknown {
  if (typeof item !== 'object' || item === null) return undefined;
  if (Array.isArray(item)) return readField(item, key);
  const value = (item as Record<string, unknown>)[key];
  return typeof value === 'function' ? undefined : value;
}
