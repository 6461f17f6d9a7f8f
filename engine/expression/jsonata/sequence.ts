// JSONata's sequences: arrays that flatten into one another and stand for their only item. The flags are those of the reference.

export interface Sequence extends Array<unknown> {
  sequence?: boolean;
  /** One item stays an array. */
  keepSingleton?: boolean;
  /** The input itself, when it is an array. */
  outerWrapper?: boolean;
  /** Items are tuples of bindings. */
  tupleStream?: boolean;
  /** Made by an array constructor in a path: does not flatten. */
  readonly cons?: boolean;
}

export function newSequence(): Sequence {
  const items: Sequence = [];
  items.sequence = true;
  return items;
}

export function sequenceOf(item: unknown): Sequence {
  const items: Sequence = [item];
  items.sequence = true;
  return items;
}

export function markSequence(items: unknown[]): Sequence {
  (items as Sequence).sequence = true;
  return items;
}

export function isSequence(value: unknown): value is Sequence {
  return Array.isArray(value) && (value as Sequence).sequence === true;
}

/** What an expression is worth: an empty sequence is nothing, one item stands for itself. */
export function unwrap(value: unknown): unknown {
  if (!Array.isArray(value) || (value as Sequence).sequence !== true) return value;
  return unwrapSequence(value);
}

export function unwrapSequence(items: Sequence): unknown {
  if (items.length > 1 || items.tupleStream === true) return items;
  if (items.length === 0) return undefined;
  return items.keepSingleton === true ? items : items[0];
}

/** As {@link unwrap} for an expression with `[]`, which keeps one item in its array. */
export function unwrapKeeping(value: unknown): unknown {
  if (!isSequence(value) || value.tupleStream === true) return value;
  value.keepSingleton = true;
  return value.length === 0 ? undefined : value;
}
