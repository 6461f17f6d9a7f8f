// Plain YAML is read as the library reads it, or not at all.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ManifestNode } from '../node.ts';
import { parseWithLibrary } from '../parse-manifests.ts';
import { SOURCE_LIMITS } from '../source.ts';
import { readPlainYaml } from './read-plain.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (pattern: string) =>
  globSync(pattern, { cwd: root }).map((file) => readFileSync(path.join(root, file), 'utf8'));
const examples = read('docs/**/*.md').flatMap((page) =>
  [...page.matchAll(/```yaml[^\n]*\n([\s\S]*?)```/g)].map((match) => match[1] as string),
);
const corpus = [...read('{flows,engine,bin}/**/*.{yaml,yml}'), ...examples].filter(
  ({ length }) => length < 3_000,
);

const seed = Number(process.env.VRSKY_SEED ?? 1);
const mutants = Number(process.env.VRSKY_MUTANTS ?? 4_000);

/** Undefined when there is anything to say about it, or more than one document. */
function byLibrary(text: string): ManifestNode | undefined {
  const { documents, diagnostics } = parseWithLibrary({ file: 'a.yaml', text }, SOURCE_LIMITS);
  return documents.length === 1 && diagnostics.length === 0 ? documents[0]?.root : undefined;
}

/** Whether it was read without the library. */
function isReadAlike(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain !== undefined) assert.deepEqual(plain, byLibrary(text), JSON.stringify(text));
  return plain !== undefined;
}

test('most manifests of this project are plain, and read as the library reads them', () => {
  const plain = corpus.filter(isReadAlike);
  assert.ok(plain.length > corpus.length / 2, `${plain.length} of ${corpus.length}`);
});

test(`whatever becomes of a manifest, it is read as the library reads it or left to that (seed ${seed})`, (t) => {
  const random = seeded(seed);
  let plain = 0;
  for (let count = 0; count < mutants; count++) if (isReadAlike(mutant(random))) plain++;
  t.diagnostic(`${plain} of ${mutants} were plain`);
  assert.ok(plain > mutants / 20, `only ${plain} of ${mutants} were plain`);
});

for (const [what, text] of Object.entries({
  'an anchor': 'a: &x 1\n',
  'an alias': 'a: *x\n',
  'a tag': 'a: !!str 1\n',
  'a merge': '<<: { a: 1 }\n',
  'an escape': 'a: "\\u0041"\n',
  'a comment behind a value': 'a: b # c\n',
  'a value over two lines': 'a: b\n  c\n',
  'a folded text': 'a: >\n  b\n',
  'a literal text with an indicator': 'a: |2\n  b\n',
  'a number that is not whole': 'a: 1.5\n',
  'a large number': 'a: 99999999999999999999\n',
  'an octal number': 'a: 0o17\n',
  null: 'a: null\n',
  nothing: 'a:\n',
  'a key twice': 'a: 1\na: 2\n',
  'two documents': 'a: 1\n---\nb: 2\n',
  'a mapping in a text': 'a: b: c\n',
  'a template without quotes': 'a: {{ b }}\n',
  'a tab': 'a:\tb\n',
  'a line that is indented less than the first': '  a: 1\n',
  'too many levels': Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
}))
  test(`${what} is left to the library`, () => assert.equal(readPlainYaml(text), undefined));

test('a text of many brackets takes no longer than it is long', () => {
  assert.equal(readPlainYaml(`a: ${'['.repeat(60_000)}`), undefined);
  assert.equal(readPlainYaml(`a: ${'{ a: '.repeat(10_000)}`), undefined);
});

const bits = (
  '  |   |\n|\n\n|\n  |- |-|: |:|#| # c|# c\n|{|}|[|]|, |,|"|\'|>|&a |*a|!t |?|%|@|`|\\|~|null|true|True|0x1f|1e3|-1|+1|.5|1.|0o7|' +
  '007|1_000|.inf|.nan|<<|---|---\n|...\n|\u2028|\u0085|\ufeff|é|😀|=|12:30|a: b|a:|{a: b}|[a]|""|\'\'|{}|[]|\t|\r\n|${x}|' +
  '{{ a }}|$|(|yes|0|9999999999999999|1s|10KiB|__proto__|constructor'
)
  .split('|')
  .concat('|', '|-', '|\n', '|+\n');

/** Some lines of a manifest with a few mistakes in them. */
function mutant(random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  let text = pick(corpus);
  if (random() < 0.5) {
    const lines = text.split('\n');
    const from = Math.floor(random() * lines.length);
    const some = lines.slice(from, from + 1 + Math.floor(random() * 12));
    const margin = Math.min(
      ...some.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)),
      99,
    );
    text = some.map((line) => line.slice(margin)).join('\n') + (random() < 0.8 ? '\n' : '');
  }
  for (let left = Math.floor(random() * 4); left > 0; left--) text = mutated(text, random, pick);
  return text;
}

function mutated(text: string, random: () => number, pick: <T>(items: readonly T[]) => T): string {
  const at = Math.floor(random() * (text.length + 1));
  const lines = text.split('\n');
  const index = Math.floor(random() * lines.length);
  const line = lines[index] as string;
  const replaced = (...by: readonly string[]) => lines.toSpliced(index, 1, ...by).join('\n');
  return pick([
    () => text.slice(0, at) + pick(bits) + text.slice(at),
    () => text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 3)),
    () => replaced(),
    () => replaced(pick(lines), line),
    () => replaced(' '.repeat(Math.floor(random() * 7)) + line.trimStart()),
    () => replaced(pick(['', '  ', '# x', '   # y', '      # z']), line),
    () => replaced(line.replace(/: .*/, () => `: ${pick(bits)}`)),
    () => replaced(line.replace(/: .*/, ':')),
    () => replaced(line.replace(/: |- /, (sign) => sign + pick(bits))),
  ])();
}

function seeded(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
