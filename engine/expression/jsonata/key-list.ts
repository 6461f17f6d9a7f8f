// Lists the keys of objects: V8 does that in one go, which takes some 30 ms for 100,000 of them, and does not say before how many there are.
// So whoever reads or makes a large object notes how many.
import { charge, lookBack, reserve } from './run.ts';

const MANY = 10_000;
const MS_PER_KEY = 4e-4;

/** How many keys the large objects have that were read, listed or made. */
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
  if (size !== undefined) reserveListing(size);
}

export function reserveListing(count: number): void {
  if (count >= MANY)
    reserve(
      count * MS_PER_KEY,
      (limitMs) =>
        `An object of ${count} fields cannot be listed in the ${limitMs} milliseconds that an evaluation has: read its fields by name, as with $lookup, or split the document before`,
    );
}

/** Counts that so many keys were listed. */
export function noteKeys(object: object, count: number): void {
  charge(count >> 1);
  if (count < MANY || sizes.has(object)) return;
  rememberKeys(object, count);
  lookBack(count * MS_PER_KEY);
}

/** For those who read or make a large object. */
export function rememberKeys(object: object, count: number): void {
  if (count < MANY) return;
  sizes.set(object, count);
  areAnyLarge = true;
}
