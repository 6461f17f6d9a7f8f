// Finds the large objects in a value that was read, so that expressions know beforehand how long V8 takes to list the keys of one.
import { rememberKeys } from './jsonata/key-list.ts';

/** A field takes eight characters, `"abc":1,`, so a shorter text holds no object whose keys take more than some 10 ms to list. */
const LONG = 384 * 1024;

/** Looks through a value that was read from a text of `length` characters: once, at some tenth of what reading it took. */
export function noteWideObjects(value: unknown, length = Number.POSITIVE_INFINITY): void {
  if (length < LONG || !isObject(value)) return;
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) openItems(next, open);
    else rememberKeys(next, openFields(next as Record<string, unknown>, open));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function openItems(items: readonly unknown[], open: object[]): void {
  for (let at = leadingNumbers(items); at < items.length; at += 1) {
    const item = items[at];
    if (isObject(item)) open.push(item);
  }
}

/** V8 reads a list of fractions several times as fast where nothing else is read. */
function leadingNumbers(items: readonly unknown[]): number {
  let at = 0;
  if (typeof items[0] === 'number') while (typeof items[at] === 'number') at += 1;
  return at;
}

function openFields(fields: Readonly<Record<string, unknown>>, open: object[]): number {
  let count = 0;
  for (const key in fields) {
    count += 1;
    const field = fields[key];
    if (isObject(field)) open.push(field);
  }
  return count;
}
