// How values are written as text: `$string` and `&`.
import { fault } from '../fault.ts';
import { reserveKeys } from '../key-list.ts';
import { charge, checkText, outputLimit, reserve } from '../run.ts';
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
  const indentation = isPretty ? new Indentation() : undefined;
  let size = 0;
  charge(16);
  const text = JSON.stringify(
    isWrapped ? value[0] : value,
    function (this: unknown, _key, inner: unknown) {
      size += typeof inner === 'string' ? inner.length : 2;
      if (indentation !== undefined) size += indentation.before(this, inner);
      if (size > limit) throw fault('D2016', { value: limit });
      if (typeof inner === 'string' && inner.length > LONG) reserve(inner.length * MS_PER_CHARACTER);
      charge(typeof inner === 'string' ? 1 + (inner.length >> 5) : 1);
      return jsonMember(inner);
    },
    isPretty ? 2 : 0,
  );
  checkText(text?.length ?? 0);
  return text;
}

/** The white space in front of lines: nested deeply, most of the text. */
class Indentation {
  readonly #open: unknown[] = [];
  /** Characters in front of the lines that close what is open. */
  #closing = 0;

  /** How many stand in front of a member. Throws `D1012` when closing what is open would take longer than there is. */
  before(holder: unknown, member: unknown): number {
    const open = this.#open;
    while (open.length > 0 && open.at(-1) !== holder) {
      open.pop();
      this.#closing -= 2 * open.length;
    }
    const width = 2 * open.length;
    charge(width >> 5);
    if (typeof member === 'object' && member !== null) {
      open.push(member);
      this.#closing += width;
      if (this.#closing > LONG && open.length % 64 === 0) reserve(this.#closing * MS_PER_SPACE);
    }
    return width;
  }
}

/** Written twice, for the text grows by being copied. */
const MS_PER_SPACE = 6e-6;

/** V8 writes a text in one go. */
const LONG = 1_000_000;
const MS_PER_CHARACTER = 3e-6;

/** As JSON has it; infinity throws `D1001`. */
export function plainNumber(value: number): number {
  if (!isNumeric(value) || Number.isInteger(value)) return value === 0 ? 0 : value;
  return roundDigits(value);
}

function jsonMember(value: unknown): unknown {
  if (typeof value === 'number') return plainNumber(value);
  if (typeof value === 'object' && value !== null) reserveKeys(value);
  return isFunction(value) || typeof value === 'function' ? '' : value;
}
