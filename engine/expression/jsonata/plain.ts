// Turns values of the language into plain data: no sequence flags, no functions, and no more of it than allowed.
import { fault } from './fault.ts';
import { listKeys, noteKeys, reserveKeys } from './key-list.ts';
import { copyItems } from './long-list.ts';
import { Procedure } from './procedure.ts';
import { setField } from './read-field.ts';
import { charge, outputLimit, tick } from './run.ts';
import type { Sequence } from './sequence.ts';

/** Bytes that the result may still take as JSON, roughly, before the next look at the clock and behind it. */
let allowance = 0;
let rest = 0;
/** Written in well under a millisecond. */
const SLICE = 32_768;

/** Begins a result: its parts are counted from here on. */
export function startOutput(bytes: number): void {
  allowance = Math.min(bytes, SLICE);
  rest = bytes - allowance;
}

/** Throws `D2016` when the result has become too long: what stands in it twice counts twice. */
export function spendOutput(bytes: number): void {
  allowance -= bytes;
  if (allowance < 0) nextSlice();
}

function nextSlice(): void {
  charge(LOOK);
  rest += allowance;
  if (rest < 0) throw fault('D2016', { value: outputLimit() });
  allowance = Math.min(rest, SLICE);
  rest -= allowance;
}

const LOOK = 1024;

/** Functions become the empty string, as `$string` writes them. What is plain already is not copied. */
export function toPlain(value: unknown): unknown {
  switch (typeof value) {
    case 'object':
      return value === null ? value : plainObject(value);
    case 'string':
      spendOutput(value.length);
      return value;
    case 'function':
      return '';
    default:
      return value;
  }
}

function plainObject(value: object): unknown {
  tick();
  if (Array.isArray(value)) return plainArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value instanceof Procedure ? '' : value;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return '';
  let copy: Record<string, unknown> | undefined;
  let count = 0;
  reserveKeys(value);
  for (const key in value) {
    count += 1;
    spendOutput(key.length + 4);
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === 'number' || typeof inner === 'boolean') continue;
    const clean = toPlain(inner);
    if (clean === inner) continue;
    copy ??= copyOf(value);
    setField(copy, key, clean);
  }
  noteKeys(value, count);
  return copy ?? (prototype === null ? copyOf(value) : value);
}

/** Of a long list, between two looks at the clock: the lowest bits of an index. */
const PIECE = 0xfff;

function plainArray(items: Sequence): unknown {
  spendOutput(items.length + 2);
  const isFlagged =
    items.sequence !== undefined || items.keepSingleton !== undefined || items.cons !== undefined;
  let copy: unknown[] | undefined = isFlagged ? copyItems(items) : undefined;
  for (let index = 0; index < items.length; index += 1) {
    if ((index & PIECE) === PIECE) charge(PIECE >> 5);
    const item = items[index];
    if (typeof item === 'number') continue;
    const clean = toPlain(item);
    if (clean === item) continue;
    copy ??= copyItems(items);
    copy[index] = clean;
  }
  return copy ?? items;
}

function copyOf(value: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of listKeys(value)) {
    tick();
    setField(copy, key, (value as Record<string, unknown>)[key]);
  }
  return copy;
}
