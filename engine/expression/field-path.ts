// The dotted paths of rules (`a.b[0].c`, `$headers.x`, `$key`): parses one into a function that reads it.
import type { Bindings } from './types.ts';

export type FieldReader = (input: unknown, bindings: Bindings | undefined) => unknown;

type Key = string | number;

const STEP = /\.?(?:`([^`]+)`|([^\s.[\]`]+))|\[\s*(-?\d+)\s*\]|\["([^"]*)"\]|\['([^']*)'\]/y;

/** Undefined when `path` is not a path. Names that are not words can stand in back quotes: a.`b c`. */
export function parseFieldPath(path: string): FieldReader | undefined {
  const keys = splitPath(path);
  const [first] = keys ?? [];
  if (keys === undefined || first === undefined) return undefined;
  if (typeof first !== 'string' || !first.startsWith('$')) return (input) => readKeys(input, keys, 0);
  if (first === '$' || first === '$$') return (input) => readKeys(input, keys, 1);
  const name = first.slice(1);
  return (_input, bindings) => readKeys(own(bindings, name), keys, 1);
}

function splitPath(path: string): readonly Key[] | undefined {
  return fieldPathSteps(path)?.map(({ key }) => key);
}

export interface FieldPathStep {
  readonly key: Key;
  /** Offsets of what stands for it in the path, the dot before left out. */
  readonly start: number;
  readonly end: number;
}

/** The steps of a path with their places; undefined when it is none. */
export function fieldPathSteps(path: string): readonly FieldPathStep[] | undefined {
  const steps: FieldPathStep[] = [];
  let at = 0;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null || (at === 0 && path.startsWith('.'))) return undefined;
    const [text, quoted, word, index, double, single] = match;
    const key = index === undefined ? ((quoted ?? word ?? double ?? single) as string) : Number(index);
    steps.push({ key, start: at + (text.startsWith('.') ? 1 : 0), end: STEP.lastIndex });
    at = STEP.lastIndex;
  }
  return steps;
}

/** A name on a list means that field of every item, as in JSONata; one found value stands for itself. */
function readKeys(input: unknown, keys: readonly Key[], from: number): unknown {
  let value = input;
  for (let at = from; at < keys.length; at += 1) {
    if (value === null || value === undefined) return undefined;
    value = readKey(value, keys[at] as Key);
  }
  return value;
}

function readKey(value: unknown, key: Key): unknown {
  if (!Array.isArray(value)) return typeof key === 'number' ? scalarAt(value, key) : own(value, key);
  if (typeof key === 'number') return value.at(key);
  const found = value.flatMap((item) => readKey(item, key) ?? []);
  return found.length > 1 ? found : found[0];
}

function scalarAt(value: unknown, index: number): unknown {
  return index === 0 || index === -1 ? value : undefined;
}

function own(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
