// Functions on objects and on values of any kind.
import { append } from '../append.ts';
import { fault } from '../fault.ts';
import { listKeys, rememberKeys } from '../key-list.ts';
import { chargeName } from '../long-text.ts';
import { inObjectOrder } from '../object-order.ts';
import { lookup, setField } from '../read-field.ts';
import { tick } from '../run.ts';
import { newSequence, type Sequence } from '../sequence.ts';
import { booleanOf, isFunction, isNumeric, isTrue, keysOf } from '../values.ts';
import { Builtin } from './builtin.ts';
import { clone } from './clone.ts';

function keys(value: unknown): Sequence {
  const names = newSequence();
  if (!Array.isArray(value)) {
    for (const key of keysOf(value)) {
      tick();
      names.push(key);
    }
    return names;
  }
  const merged = new Set<string>();
  for (const item of value) {
    tick();
    for (const key of keys(item)) merged.add(String(key));
  }
  // Number-like names come first: in the reference an object holds them.
  for (const key of inObjectOrder(merged)) names.push(key);
  return names;
}

function spread(value: unknown): unknown {
  if (Array.isArray(value)) {
    let result: unknown = newSequence();
    for (const item of value) {
      tick();
      result = append(result, spread(item));
    }
    return result;
  }
  if (typeof value !== 'object' || value === null || isFunction(value)) return value;
  const parts = newSequence();
  for (const key of listKeys(value)) {
    tick();
    const part: Record<string, unknown> = {};
    setField(part, key, (value as Record<string, unknown>)[key]);
    parts.push(part);
  }
  return parts;
}

function merge(objects: readonly unknown[]): unknown {
  const result: Record<string, unknown> = {};
  let written = 0;
  let added = 0;
  for (const object of objects) {
    tick();
    for (const key of keysOf(object)) {
      tick();
      written += 1;
      if (written > UNCOUNTED && !Object.hasOwn(result, key)) added += 1;
      setField(result, key, (object as Record<string, unknown>)[key]);
    }
  }
  rememberKeys(result, added + UNCOUNTED);
  return result;
}

/** So many fields may be the same ones over and over: whether each is new is asked only beyond them. */
const UNCOUNTED = 9_999;

/** V8 keeps every name once, and looks for it among all others. */
function nameOf(key: unknown): string {
  const name = String(key);
  chargeName(name);
  return name;
}

function typeOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  if (isNumeric(value)) return 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  if (Array.isArray(value)) return 'array';
  return isFunction(value) ? 'function' : 'object';
}

function assert(condition: unknown, message: unknown): undefined {
  if (condition) return undefined;
  throw fault('D3141', { message: (message as string | undefined) || '$assert() statement failed' });
}

export const objectBuiltins: Readonly<Record<string, Builtin>> = {
  boolean: new Builtin('boolean', '<x-:b>', 1, ([value]) => booleanOf(value)),
  not: new Builtin('not', '<x-:b>', 1, ([value]) => (value === undefined ? undefined : !isTrue(value))),
  keys: new Builtin('keys', '<x-:a<s>>', 1, ([value]) => keys(value)),
  lookup: new Builtin('lookup', '<x-s:x>', 2, ([value, key]) => lookup(value, nameOf(key))),
  exists: new Builtin('exists', '<x:b>', 1, ([value]) => value !== undefined),
  spread: new Builtin('spread', '<x-:a<o>>', 1, ([value]) => spread(value)),
  merge: new Builtin('merge', '<a<o>:o>', 1, ([objects]) =>
    objects === undefined ? undefined : merge(objects as unknown[]),
  ),
  type: new Builtin('type', '<x:s>', 1, ([value]) => typeOf(value)),
  clone: new Builtin('clone', '<(oa)-:o>', 1, ([value]) => clone(value)),
  error: new Builtin('error', '<s?:x>', 1, ([message]) => {
    throw fault('D3137', { message: (message as string | undefined) || '$error() function evaluated' });
  }),
  assert: new Builtin('assert', '<bs?:x>', 2, ([condition, message]) => assert(condition, message)),
};
