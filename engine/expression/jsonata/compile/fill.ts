// Compiles how an object constructor fills in its fields: in the order written, and what several read from one place is found once.
import type { Evaluator } from './evaluator.ts';
import { compileFields } from './fields.ts';
import { fresh } from './fresh.ts';
import type { FieldUse } from './templates/fields.ts';
import { copy1, copy2, copy4, type Fill, put1, put2, put4, two, under } from './templates/objects.ts';

/** A field of the object: read along a path of plain fields, or the value of anything else. */
export interface Entry {
  readonly key: string;
  readonly source: readonly string[] | Evaluator;
}

interface PathEntry extends Entry {
  readonly source: readonly string[];
}

/** `depth` says how many steps of the paths have been taken already. */
export function compileFill(entries: readonly Entry[], use: FieldUse, depth = 0): Fill {
  const fills: Fill[] = [];
  for (let at = 0; at < entries.length; ) {
    const kind = kindOf(entries, at, depth);
    const count = countAlike(entries, at, kind, depth);
    fills.push(compilers[kind](entries.slice(at, at + count) as readonly PathEntry[], use, depth));
    at += count;
  }
  return inOrder(fills);
}

/** In halves, so that many fields do not stand inside one another. */
function inOrder(fills: readonly Fill[]): Fill {
  if (fills.length === 1) return fills[0] as Fill;
  const half = fills.length >> 1;
  return fresh(two)(inOrder(fills.slice(0, half)), inOrder(fills.slice(half)));
}

/** Copied from the object at hand, found below one field of it, or put with values of their own. */
type Kind = 'copied' | 'shared' | 'put';

function kindOf(entries: readonly Entry[], at: number, depth: number): Kind {
  const { source } = entries[at] as Entry;
  if (typeof source === 'function') return 'put';
  if (source.length === depth + 1) return 'copied';
  const field = fieldAbove(entries[at], depth);
  return field === fieldAbove(entries[at + 1], depth) || field === fieldAbove(entries[at - 1], depth)
    ? 'shared'
    : 'put';
}

/** The field below which an entry is found. */
function fieldAbove(entry: Entry | undefined, depth: number): string | undefined {
  if (entry === undefined || typeof entry.source === 'function' || entry.source.length <= depth + 1)
    return undefined;
  return entry.source[depth];
}

/** How many from `from` on are filled in by one function. */
function countAlike(entries: readonly Entry[], from: number, kind: Kind, depth: number): number {
  const field = fieldAbove(entries[from], depth);
  const isAlike = (at: number): boolean =>
    kind === 'shared' ? fieldAbove(entries[at], depth) === field : kindOf(entries, at, depth) === kind;
  const most = kind === 'shared' ? entries.length : Math.min(entries.length, from + MOST_AT_ONCE);
  let end = from + 1;
  while (end < most && isAlike(end)) end += 1;
  const count = end - from;
  return kind === 'shared' || count === MOST_AT_ONCE ? count : Math.min(count, 2);
}

const MOST_AT_ONCE = 4;

type Compile = (entries: readonly PathEntry[], use: FieldUse, depth: number) => Fill;

const compilers: Readonly<Record<Kind, Compile>> = {
  shared: (entries, use, depth) => {
    const field = (entries[0] as PathEntry).source[depth] as string;
    return fresh(under)(field, compileFill(entries, use, depth + 1), (object, list) => {
      for (const { key, source } of entries) {
        const found = use.slow(list, source, depth + 1);
        if (found !== undefined) object[key] = found;
      }
    });
  },
  copied: (entries, use, depth) => {
    const [key1, key2, key3, key4] = entries.map(({ key }) => key) as [string, string, string, string];
    const [from1, from2, from3, from4] = entries.map(({ source }) => source[depth]) as [
      string,
      string,
      string,
      string,
    ];
    if (entries.length === 1) return fresh(copy1)(use, key1, from1);
    if (entries.length === 2) return fresh(copy2)(use, key1, from1, key2, from2);
    return fresh(copy4)(use, key1, from1, key2, from2, key3, from3, key4, from4);
  },
  put: (entries: readonly Entry[], use, depth) => {
    const [key1, key2, key3, key4] = entries.map(({ key }) => key) as [string, string, string, string];
    const [value1, value2, value3, value4] = entries.map(({ source }) =>
      typeof source === 'function' ? source : compileFields(depth === 0 ? source : source.slice(depth), use),
    ) as [Evaluator, Evaluator, Evaluator, Evaluator];
    if (entries.length === 1) return fresh(put1)(key1, value1);
    if (entries.length === 2) return fresh(put2)(key1, value1, key2, value2);
    return fresh(put4)(key1, value1, key2, value2, key3, value3, key4, value4);
  },
};
