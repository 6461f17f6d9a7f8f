// Functions that take functions.
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { rememberKeys } from '../key-list.ts';
import { apply, type Procedure } from '../procedure.ts';
import { setField } from '../read-field.ts';
import { charge, tick } from '../run.ts';
import { newSequence } from '../sequence.ts';
import { isFunction, isTrue, keysOf } from '../values.ts';
import { Builtin } from './builtin.ts';

/** Hands over as many arguments as the function takes, at least one and at most three. */
function callWith(procedure: Procedure, item: unknown, key: unknown, all: unknown, frame: Frame): unknown {
  tick();
  const arity = procedure.arity();
  const args = arity >= 3 ? [item, key, all] : arity === 2 ? [item, key] : [item];
  return apply(procedure, args, null, frame);
}

function required(value: unknown): Procedure {
  if (!isFunction(value)) throw fault('T0410', { value, inserts: { index: 2 } });
  return value;
}

function map(items: readonly unknown[], procedure: unknown, frame: Frame): unknown {
  const results = newSequence();
  for (let index = 0; index < items.length; index += 1) {
    const value = callWith(required(procedure), items[index], index, items, frame);
    if (value !== undefined) results.push(value);
  }
  return results;
}

function filter(items: readonly unknown[], procedure: unknown, frame: Frame): unknown {
  const results = newSequence();
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (isTrue(callWith(required(procedure), item, index, items, frame))) results.push(item);
  }
  return results;
}

function single(items: readonly unknown[], test: unknown, frame: Frame): unknown {
  let hasFound = false;
  let found: unknown;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (test !== undefined && !isTrue(callWith(required(test), item, index, items, frame))) continue;
    if (hasFound) throw fault('D3138', { inserts: { index } });
    found = item;
    hasFound = true;
  }
  if (!hasFound) throw fault('D3139');
  return found;
}

function reduce(items: readonly unknown[], procedure: Procedure, init: unknown, frame: Frame): unknown {
  const arity = procedure.arity();
  if (arity < 2) throw fault('D3050', { inserts: { index: 1 } });
  const hasInit = init !== undefined || items.length === 0;
  let result = hasInit ? init : items[0];
  for (let index = hasInit ? 0 : 1; index < items.length; index += 1) {
    tick();
    const args = [result, items[index]];
    if (arity >= 3) args.push(index);
    if (arity >= 4) args.push(items);
    result = apply(procedure, args, null, frame);
  }
  return result;
}

function each(object: unknown, procedure: unknown, frame: Frame): unknown {
  const results = newSequence();
  charge(LOOK);
  for (const key of keysOf(object)) {
    const value = callWith(required(procedure), (object as Record<string, unknown>)[key], key, object, frame);
    if (value !== undefined) results.push(value);
  }
  return results;
}

function sift(object: unknown, procedure: unknown, frame: Frame): unknown {
  const result: Record<string, unknown> = {};
  let count = 0;
  charge(LOOK);
  for (const key of keysOf(object)) {
    const value = (object as Record<string, unknown>)[key];
    if (!isTrue(callWith(required(procedure), value, key, object, frame))) continue;
    setField(result, key, value);
    count += 1;
  }
  rememberKeys(result, count);
  return count === 0 ? undefined : result;
}

/** Listing the keys of a large object takes a while: the clock starts before that. */
const LOOK = 1024;

type Items = readonly unknown[];

export const higherOrderBuiltins: Readonly<Record<string, Builtin>> = {
  map: new Builtin('map', '<af>', 2, ([items, procedure], frame) =>
    items === undefined ? undefined : map(items as Items, procedure, frame),
  ),
  filter: new Builtin('filter', '<af>', 2, ([items, procedure], frame) =>
    items === undefined ? undefined : filter(items as Items, procedure, frame),
  ),
  single: new Builtin('single', '<af?>', 2, ([items, test], frame) =>
    items === undefined ? undefined : single(items as Items, test, frame),
  ),
  reduce: new Builtin('reduce', '<afj?:j>', 3, ([items, procedure, init], frame) =>
    items === undefined ? undefined : reduce(items as Items, required(procedure), init, frame),
  ),
  each: new Builtin('each', '<o-f:a>', 2, ([object, procedure], frame) => each(object, procedure, frame)),
  sift: new Builtin('sift', '<o-f?:o>', 2, ([object, procedure], frame) => sift(object, procedure, frame)),
};
