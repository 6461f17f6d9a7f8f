// How values are written as text: `$string`, `&`, and the copy that `$clone` makes.
import { fault } from '../fault.ts';
import { charge, checkText, outputLimit, reserve, tick } from '../run.ts';
import type { Sequence } from '../sequence.ts';
import { isFunction, isNumeric } from '../values.ts';

/** Undefined stays undefined; functions are the empty text; numbers keep 15 digits. */
export function stringOf(value: unknown, isPretty = false): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'undefined':
      return value;
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return isFunction(value) ? '' : jsonOf(value, isPretty);
  }
}

function numberText(value: number): string {
  if (Number.isInteger(value)) return value === 0 ? '0' : String(value);
  if (!Number.isFinite(value)) throw fault('D3001', { value });
  return String(roundDigits(value));
}

/** What an answer in binary leaves behind the 15th digit is no information. */
function roundDigits(value: number): number {
  return Number(value.toPrecision(15));
}

function jsonOf(value: unknown, isPretty: boolean): string {
  const isWrapped = Array.isArray(value) && (value as Sequence).outerWrapper === true;
  const limit = outputLimit();
  let size = 0;
  charge(16);
  const text = JSON.stringify(
    isWrapped ? value[0] : value,
    (_key, inner: unknown) => {
      size += typeof inner === 'string' ? inner.length : 2;
      if (size > limit) throw fault('D2016', { value: limit });
      if (typeof inner === 'string' && inner.length > LONG) reserve(inner.length * MS_PER_CHARACTER);
      tick();
      return jsonMember(inner);
    },
    isPretty ? 2 : 0,
  );
  checkText(text?.length ?? 0);
  return text;
}

/** V8 writes a text in one go. */
const LONG = 1_000_000;
const MS_PER_CHARACTER = 3e-6;

function jsonMember(value: unknown): unknown {
  if (typeof value === 'number')
    return isNumeric(value) && !Number.isInteger(value) ? roundDigits(value) : value;
  return isFunction(value) || typeof value === 'function' ? '' : value;
}

/** A copy as if written as JSON and read again. */
export function clone(value: unknown): unknown {
  const text = stringOf(value);
  if (text === undefined) return undefined;
  charge(text.length >> 4);
  if (text.length > LONG) reserve(text.length * MS_PER_CHARACTER * 2);
  return JSON.parse(text);
}
