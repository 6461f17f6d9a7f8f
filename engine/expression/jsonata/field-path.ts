// Reads a path of fields such as `a.b[0].c`: straight through objects, item by item through lists.
import { readField } from './read-field.ts';
import { charge } from './run.ts';
import { markSequence, type Sequence } from './sequence.ts';

export interface FieldStep {
  readonly key: string;
  /** Which item, when the step ends in `[2]` or `[-1]`. */
  readonly index: number | undefined;
}

/** Names that every object has a member of; whoever reads them must ask whether it is its own. */
export function isInherited(key: string): boolean {
  return key in Object.prototype;
}

/** No step may be {@link isInherited}. The answer is unwrapped; `marks` says whether a list of several is flagged. */
export function readFields(input: unknown, steps: readonly FieldStep[], marks: boolean): unknown {
  let value = input;
  for (let at = 0; at < steps.length; at += 1) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return readThrough(itemsOf(value), steps, at, marks);
    const { key, index } = steps[at] as FieldStep;
    value = (value as Record<string, unknown>)[key];
    if (index !== undefined) value = itemAt(value, index);
  }
  return finishValue(value, marks);
}

/** What a path is worth whose steps have led to one value. */
export function finishValue(value: unknown, marks: boolean): unknown {
  if (typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (!Array.isArray(value) || (value as Sequence).sequence !== true) return value;
  return finishItems(value.slice(), marks);
}

/** A list made by an array constructor is one item. */
export function itemsOf(list: Sequence): readonly unknown[] {
  return list.cons === true ? [list] : list;
}

export function itemAt(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value[index < 0 ? value.length + index : index];
  return index === 0 || index === -1 ? value : undefined;
}

/** The steps from `from` on, for every item; each step's lists flatten into one. */
export function readThrough(
  items: readonly unknown[],
  steps: readonly FieldStep[],
  from: number,
  marks: boolean,
): unknown {
  let list = items;
  for (let at = from; at < steps.length; at += 1) {
    const { key, index } = steps[at] as FieldStep;
    charge(list.length);
    const found: unknown[] = [];
    let count = 0;
    let first: unknown;
    for (let item = 0; item < list.length; item += 1) {
      let value = readOne(list[item], key);
      if (index !== undefined) value = itemAt(value, index);
      if (value === undefined) continue;
      if (count === 0) first = value;
      count += 1;
      if (!Array.isArray(value) || (value as Sequence).cons === true) found.push(value);
      else for (let inner = 0; inner < value.length; inner += 1) found.push(value[inner]);
    }
    const isLast = at === steps.length - 1;
    if (isLast && count === 1 && Array.isArray(first) && (first as Sequence).sequence !== true) return first;
    if (found.length === 0) return undefined;
    list = found;
  }
  return finishItems(list as unknown[], marks);
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
