// Reads fields: from an object its own data, from a list that field of every item.
import { addAll } from './long-list.ts';
import { Procedure } from './procedure.ts';
import { tick } from './run.ts';
import { newSequence, type Sequence, unwrap } from './sequence.ts';

/** The value before unwrapping: for a list the sequence of what its items hold. */
export function lookup(input: unknown, key: string): unknown {
  if (typeof input !== 'object' || input === null) return undefined;
  if (Array.isArray(input)) return lookupEach(input, key);
  if (input instanceof Procedure || !Object.hasOwn(input, key)) return undefined;
  return visible((input as Record<string, unknown>)[key]);
}

/** Functions that a host put into its data are not for expressions to reach. */
function visible(value: unknown): unknown {
  return typeof value === 'function' ? undefined : value;
}

function lookupEach(items: readonly unknown[], key: string): Sequence {
  const found = newSequence();
  for (const item of items) {
    tick();
    const value = lookup(item, key);
    if (Array.isArray(value)) addAll(value, found);
    else if (value !== undefined) found.push(value);
  }
  return found;
}

/** The value of the step `key` on `input`. */
export function readField(input: unknown, key: string): unknown {
  const value = lookup(input, key);
  return Array.isArray(value) ? unwrap(value) : value;
}

/** A key named `__proto__` is data like any other. */
export function setField(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
