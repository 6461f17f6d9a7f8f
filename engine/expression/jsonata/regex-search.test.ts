import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import type { ExpressionError } from '../expression-error.ts';
import { RegexReach } from './regex-reach.ts';
import { RegexSearch } from './regex-search.ts';
import { shapeOf } from './regex-shape.ts';

setFlagsFromString('--enable-experimental-regexp-engine');
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

const seed = Number(process.env.VRSKY_SEED ?? 20_261_126);
let state = seed;

function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (state >> 8) % below;
}

function pick<Item>(items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

const UNITS = [
  'a',
  'b',
  'c',
  '[ab]',
  '[^a]',
  '.',
  '\\w',
  '\\W',
  '\\x61',
  '\\u0062',
  '[]',
  '[^]',
  '\\}',
  ']',
  '{',
  '\\cJ',
];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{2,}', '{0,2}?'];
const OPENINGS = ['(', '(?:', '(?=', '(?!', '(?<=', '(?<!'];
const ANCHORS = ['^', '$', '\\b', '\\B', '\\1', '\\2'];

function atom(depth: number): string {
  const kind = random(depth > 0 ? 10 : 6);
  if (kind < 6) return pick(UNITS) + pick(QUANTIFIERS);
  if (kind === 6) return pick(ANCHORS);
  const opening = pick(OPENINGS);
  return `${opening}${pattern(depth - 1)})${opening.startsWith('(?<') ? '' : pick(QUANTIFIERS)}`;
}

function pattern(depth: number): string {
  const terms = Array.from({ length: 1 + random(3) }, () => atom(depth)).join('');
  return random(4) === 0 ? `${terms}|${pattern(depth)}` : terms;
}

function text(most: number): string {
  const common = pick(['a', 'ab', 'abc', 'abc\n {}]_', 'aA-']);
  return Array.from({ length: random(most) }, () =>
    random(12) === 0 ? pick([...'abc\n-']) : pick([...common]),
  ).join('');
}

function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Nothing when neither engine may go on. */
function execOrGiveUp(search: RegexSearch, from: number): RegExpExecArray | null | undefined {
  try {
    return search.exec(from);
  } catch (error) {
    assert.equal((error as ExpressionError).code, 'D1012');
    return undefined;
  }
}

function shown(match: RegExpExecArray | null): string {
  return JSON.stringify(match === null ? null : [match.index, ...match, match.groups]);
}

test(`a search window by window finds what a search in one go finds (seed ${seed})`, () => {
  let windows = 0;
  for (let round = 0; round < Number(process.env.VRSKY_ROUNDS ?? 4000); round += 1) {
    const source = pattern(2);
    const flags = pick(['', 'i', 'm', 'im']);
    const regex = compiled(source, `${flags}g`);
    const backtracking = compiled(source, `${flags}g`);
    if (regex === undefined || backtracking === undefined) continue;
    const reach = new RegexReach(source, flags, {
      window: 1 + random(4),
      piece: 1 + random(2),
      // Some go over to the linear-time engine.
      msPerUnit: pick([0, 0, 1]),
    });
    const engines = { backtracking, linear: compiled(source, `${flags}gl`) };
    // Going back to repetitions of repetitions takes ages without the linear-time engine.
    const most = engines.linear === undefined && shapeOf(source).repeatsGroups ? 12 : 40;
    for (let one = 0; one < 4; one += 1) {
      const given = text(most);
      const search = new RegexSearch(engines, reach, given);
      let from = random(4);
      for (let count = 0; count < 8; count += 1) {
        regex.lastIndex = from;
        const expected: RegExpExecArray | null = regex.exec(given);
        const found = execOrGiveUp(search, from);
        if (found === undefined) break;
        if (found !== null && found.input !== given) windows += 1;
        assert.equal(
          shown(found),
          shown(expected),
          `/${source}/${flags} in ${JSON.stringify(given)} from ${from}`,
        );
        if (expected === null) break;
        from = expected.index + Math.max(expected[0].length, 1);
      }
    }
  }
  assert.ok(windows > 10_000, `${windows} found in windows`);
});
