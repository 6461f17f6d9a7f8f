// Appends values as `$append` does.
import { reserveItems } from './long-list.ts';
import { charge, checkLength } from './run.ts';

/** Nothing on one side leaves the other as it is; otherwise a new list without the flags of a sequence. */
export function append(first: unknown, second: unknown): unknown {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return appendTo(Array.isArray(first) ? first : [first], Array.isArray(second) ? second : [second]);
}

export function appendTo(first: readonly unknown[], second: readonly unknown[]): unknown[] {
  const size = first.length + second.length;
  checkLength(size);
  charge(size >> 4);
  reserveItems(size);
  return first.concat(second);
}
