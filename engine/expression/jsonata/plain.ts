// Turns what an evaluation yields into plain data: no sequence flags, no functions.
import { fault } from './jsonata/fault.ts';
import { Procedure } from './jsonata/procedure.ts';
import { setField } from './jsonata/read-field.ts';
import type { Sequence } from './jsonata/sequence.ts';

/** Bytes that the result may still take as JSON, roughly. */
let allowance = 0;
let limit = 0;

/**
 * Functions become the empty string, as `$string` writes them. What is plain already is not copied.
 * Throws `D2016` when the result is longer than `outputBytes` as JSON: a value that holds another twice counts it twice.
 */
export function toPlain(value: unknown, outputBytes: number): unknown {
  switch (typeof value) {
    case 'object':
      if (value === null) return value;
      limit = outputBytes;
      allowance = outputBytes;
      return plainObject(value);
    case 'function':
      return '';
    case 'string':
      if (value.length > outputBytes) throw fault('D2016', { value: outputBytes });
      return value;
    default:
      return value;
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') spend(value.length);
  else if (typeof value === 'object' && value !== null) return plainObject(value);
  else if (typeof value === 'function') return '';
  return value;
}

function spend(bytes: number): void {
  allowance -= bytes;
  if (allowance < 0) throw fault('D2016', { value: limit });
}

function plainObject(value: object): unknown {
  if (Array.isArray(value)) return plainArray(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return plainForeign(value);
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return '';
  let copy: Record<string, unknown> | undefined;
  for (const key in value) {
    spend(key.length + 4);
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === 'number' || typeof inner === 'boolean') continue;
    const clean = plain(inner);
    if (clean === inner) continue;
    copy ??= copyOf(value);
    setField(copy, key, clean);
  }
  return copy ?? (prototype === null ? copyOf(value) : value);
}

function plainArray(items: Sequence): unknown {
  spend(items.length + 2);
  const isFlagged =
    items.sequence !== undefined || items.keepSingleton !== undefined || items.cons !== undefined;
  let copy: unknown[] | undefined = isFlagged ? items.slice() : undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (typeof item === 'number') continue;
    const clean = plain(item);
    if (clean === item) continue;
    copy ??= items.slice();
    copy[index] = clean;
  }
  return copy ?? items;
}

/** Functions of the language, and what a host put into its data: dates and buffers stay what they are. */
function plainForeign(value: object): unknown {
  return value instanceof Procedure ? '' : value;
}

function copyOf(value: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) setField(copy, key, (value as Record<string, unknown>)[key]);
  return copy;
}
