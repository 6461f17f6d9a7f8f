// Functions that search text, with a text, a regular expression or a matcher function of the expression's own.
import { fault } from '../fault.ts';
import { finderIn } from '../find-text.ts';
import type { Frame } from '../frame.ts';
import { Matcher } from '../matcher.ts';
import { apply } from '../procedure.ts';
import { charge, checkLength, checkText, tick } from '../run.ts';
import { newSequence } from '../sequence.ts';
import { isFunction } from '../values.ts';
import { Builtin } from './builtin.ts';
import { substitute } from './substitute.ts';

/** What a matcher yields; a matcher of the expression's own may leave things out. */
export interface Found {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly unknown[];
  readonly next: unknown;
}

function find(matcher: unknown, args: unknown[], frame: Frame): Found | undefined {
  charge(8);
  if (!isFunction(matcher)) throw fault('T0410', { value: matcher, inserts: { index: 2 } });
  const found = apply(matcher, args, null, frame);
  if (found && !isMatch(found)) throw fault('T1010');
  return found as Found | undefined;
}

function isMatch(value: unknown): boolean {
  const { start, end, groups, next } = value as Partial<Record<keyof Found, unknown>>;
  return typeof start === 'number' || end === 'number' || Array.isArray(groups) || isFunction(next);
}

/** All matches, one after the other, up to `limit`. */
function* matchesOf(
  text: string,
  matcher: unknown,
  limit: number | undefined,
  frame: Frame,
): Generator<Found> {
  let found = find(matcher, [text], frame);
  for (let count = 0; found !== undefined && (limit === undefined || count < limit); count += 1) {
    yield found;
    found = find(found.next, [], frame);
  }
}

function checkLimit(limit: unknown, code: string, index: number): void {
  if ((limit as number) < 0) throw fault(code, { value: limit, inserts: { index } });
}

function isNone(limit: number | undefined): boolean {
  return limit !== undefined && !(limit > 0);
}

function contains(text: string, token: unknown, frame: Frame): boolean {
  if (typeof token === 'string') return finderIn(text, token)(0) !== -1;
  if (token instanceof Matcher) return token.test(text);
  return find(token, [text], frame) !== undefined;
}

function match(text: string, matcher: unknown, limit: number | undefined, frame: Frame): unknown {
  checkLimit(limit, 'D3040', 3);
  const results = newSequence();
  if (isNone(limit)) return results;
  for (const found of matchesOf(text, matcher, limit, frame)) {
    results.push({ match: found.match, index: found.start, groups: found.groups });
  }
  return results;
}

function split(text: string, separator: unknown, limit: number | undefined, frame: Frame): unknown {
  checkLimit(limit, 'D3020', 3);
  if (isNone(limit)) return [];
  if (typeof separator === 'string') return splitAt(text, separator, limit);
  const parts: string[] = [];
  let start = 0;
  for (const found of matchesOf(text, separator, limit, frame)) {
    parts.push(text.slice(start, found.start));
    checkLength(parts.length);
    start = found.end;
  }
  if (limit === undefined || parts.length < limit) parts.push(text.substring(start));
  return parts;
}

/** So long a text is split part by part, with looks at the clock. */
const LONG = 16_384;

function splitAt(text: string, separator: string, limit: number | undefined): string[] {
  charge(text.length >> 4);
  if (text.length <= LONG) {
    const parts = text.split(separator, limit);
    checkLength(parts.length);
    return parts;
  }
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Math.trunc(limit);
  const next = separator === '' ? (from: number) => from + 1 : finderIn(text, separator);
  const parts: string[] = [];
  let start = 0;
  for (let at = next(0); parts.length < most; at = next(start)) {
    tick();
    checkLength(parts.length + 1);
    if (at === -1 || at >= text.length) {
      parts.push(text.slice(start));
      break;
    }
    parts.push(text.slice(start, at));
    start = at + separator.length;
  }
  return parts;
}

function replace(
  text: string,
  pattern: unknown,
  replacement: unknown,
  limit: number | undefined,
  frame: Frame,
): string {
  if (pattern === '') throw fault('D3010', { value: pattern, inserts: { index: 2 } });
  checkLimit(limit, 'D3011', 4);
  if (isNone(limit)) return text;
  if (typeof pattern === 'string') return replaceText(text, pattern, replacement, limit);
  let result = '';
  let position = 0;
  for (const found of matchesOf(text, pattern, limit, frame)) {
    result += text.substring(position, found.start) + replacementFor(found, replacement, frame);
    checkText(result.length);
    position = found.start + found.match.length;
  }
  return result + text.substring(position);
}

function replaceText(text: string, pattern: string, replacement: unknown, limit: number | undefined): string {
  let result = '';
  let position = 0;
  const next = finderIn(text, pattern);
  let at = next(0);
  for (let count = 0; at !== -1 && (limit === undefined || count < limit); count += 1) {
    tick();
    if (isFunction(replacement)) throw fault('D3012', { value: '' });
    result += text.slice(position, at) + String(replacement);
    checkText(result.length);
    position = at + pattern.length;
    at = next(position);
  }
  return result + text.slice(position);
}

function replacementFor(found: Found, replacement: unknown, frame: Frame): string {
  if (typeof replacement === 'string') return substitute(replacement, found);
  if (!isFunction(replacement)) throw fault('T0410', { value: replacement, inserts: { index: 3 } });
  const text = apply(replacement, [found], null, frame);
  if (typeof text !== 'string') throw fault('D3012', { value: text });
  return text;
}

type Limit = number | undefined;

export const matchingBuiltins: Readonly<Record<string, Builtin>> = {
  match: new Builtin('match', '<s-f<s:o>n?:a<o>>', 3, ([text, matcher, limit], frame) =>
    text === undefined ? undefined : match(text as string, matcher, limit as Limit, frame),
  ),
  contains: new Builtin('contains', '<s-(sf):b>', 2, ([text, token], frame) =>
    text === undefined || token === undefined ? undefined : contains(text as string, token, frame),
  ),
  replace: new Builtin('replace', '<s-(sf)(sf)n?:s>', 4, ([text, pattern, replacement, limit], frame) =>
    text === undefined ? undefined : replace(text as string, pattern, replacement, limit as Limit, frame),
  ),
  split: new Builtin('split', '<s-(sf)n?:a<s>>', 3, ([text, separator, limit], frame) =>
    text === undefined ? undefined : split(text as string, separator, limit as Limit, frame),
  ),
};
