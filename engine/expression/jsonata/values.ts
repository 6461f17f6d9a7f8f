// What the language asks of a value: is it a number, a function, true, equal to another.
import { fault } from './fault.ts';
import { listKeys, reserveListing } from './key-list.ts';
import { chargeText } from './long-text.ts';
import { Procedure } from './procedure.ts';
import { charge, tick } from './run.ts';

/** Of a long list, between two looks at the clock: the lowest bits of an index. */
const PIECE = 0xfff;

/** Infinity is refused wherever a number is looked at. */
export function isNumeric(value: unknown): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw fault('D1001', { value });
  return true;
}

export function isFunction(value: unknown): value is Procedure {
  return value instanceof Procedure;
}

export function isArrayOfNumbers(value: unknown): value is number[] {
  if (!Array.isArray(value)) return false;
  let all = true;
  for (let index = 0; index < value.length; index += 1) {
    if ((index & PIECE) === PIECE) charge(PIECE >> 4);
    if (!isNumeric(value[index])) all = false;
  }
  return all;
}

export function isArrayOfStrings(value: unknown): value is string[] {
  if (!Array.isArray(value)) return false;
  charge(value.length >> 4);
  return value.every((item) => typeof item === 'string');
}

/** Own keys of an object or array; a function has none. */
export function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !isFunction(value) ? listKeys(value) : [];
}

/** `$boolean`: nothing stays nothing, also as the only item of an array (`nowhere[]["x"]` is one). */
export function booleanOf(value: unknown): boolean | undefined {
  if (!Array.isArray(value) || value.length !== 1) return value === undefined ? undefined : isTrue(value);
  return booleanOf(value[0]);
}

/** As a condition sees it: nothing is false. */
export function isTrue(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value.length > 0;
    case 'number':
      return isNumeric(value) && value !== 0;
    case 'object':
      return value !== null && isTrueObject(value);
    default:
      return false;
  }
}

function isTrueObject(value: object): boolean {
  if (!Array.isArray(value)) return keysOf(value).length > 0;
  if (value.length === 1) return isTrue(value[0]);
  // Every item is looked at, because an infinite number among them is an error.
  let any = false;
  for (let index = 0; index < value.length; index += 1) {
    if ((index & PIECE) === PIECE) charge(PIECE >> 4);
    if (isTrue(value[index])) any = true;
  }
  return any;
}

export function deepEqual(left: unknown, right: unknown): boolean {
  if (typeof left === 'string') chargeText(left);
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  tick();
  if (Array.isArray(left) && Array.isArray(right)) return equalItems(left, right);
  if (isFunction(left) || isFunction(right)) return false;
  return equalFields(left as Record<string, unknown>, right as Record<string, unknown>);
}

function equalItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if ((index & PIECE) === PIECE) charge(PIECE >> 4);
    if (!deepEqual(left[index], right[index])) return false;
  }
  return true;
}

function equalFields(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const keys = namesOf(left);
  if (keys.length !== namesOf(right).length) return false;
  for (const key of keys) {
    tick();
    if (!Object.hasOwn(right, key)) return false;
  }
  for (const key of keys) if (!deepEqual(left[key], right[key])) return false;
  return true;
}

/** A list may be compared with an object: it has a length. */
function namesOf(value: object): readonly string[] {
  if (!Array.isArray(value)) return listKeys(value);
  reserveListing(value.length);
  return Object.getOwnPropertyNames(value);
}
