// Lists the keys of objects: V8 does that in one go, which takes some 30 ms for 100,000 of them, and does not say before how many there are.
import { charge, lookBack, reserve } from './run.ts';

const MANY = 10_000;
const MS_PER_KEY = 2.5e-4;

/** How many keys the large objects have that were listed or made. */
const sizes = new WeakMap<object, number>();
let areAnyLarge = false;

/** Of an object or array, as `Object.keys` lists them. */
export function listKeys(object: object): string[] {
  reserveKeys(object);
  const keys = Object.keys(object);
  noteKeys(object, keys.length);
  return keys;
}

/** Looks at the clock before the keys of an object that is known to be large are listed: refuses what would end too late. */
export function reserveKeys(object: object): void {
  if (!areAnyLarge) return;
  const size = sizes.get(object);
  if (size !== undefined) reserve(size * MS_PER_KEY);
}

/** Counts that so many keys were listed. */
export function noteKeys(object: object, count: number): void {
  charge(count >> 1);
  if (count < MANY || sizes.has(object)) return;
  rememberKeys(object, count);
  lookBack(count * MS_PER_KEY);
}

/** For those who make a large object. */
export function rememberKeys(object: object, count: number): void {
  if (count < MANY) return;
  sizes.set(object, count);
  areAnyLarge = true;
}
