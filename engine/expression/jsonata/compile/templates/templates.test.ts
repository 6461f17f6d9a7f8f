// Holds that templates use their parameters only: run once more for another expression they have nothing of their module.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const files = globSync('*.ts', { cwd: import.meta.dirname }).filter((name) => !name.endsWith('.test.ts'));

/** What a module of templates may hold at its outermost level. */
const STATEMENT = /^(?:import type |export const |export type |type |export interface |interface )/;

/** Declarations and parameters in the text of a template, without types. */
const DECLARED = /(?:const|let|function)\s+([\w$]+)|\(((?:[^()]|\([^()]*\))*)\)\s*(?:=>|\{)|([\w$]+)\s*=>/g;

/** Names that a text uses, but for members, keys and what stands in quotes. */
const USED = /(?<![\w$.'"`])[A-Za-z_$][\w$]*(?!['"`\w$])/g;

const WORDS = new Set(
  'const let if else for return typeof new function while continue break true false null undefined'.split(
    ' ',
  ),
);

/** Of the language, so that every place has them. */
const GLOBALS = new Set(['Array', 'Object', 'Map', 'Number']);

function undeclared(template: string): readonly string[] {
  const text = template.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const declared = new Set<string>();
  for (const [, name, parameters, only] of text.matchAll(DECLARED)) {
    for (const found of [name, only]) if (found !== undefined) declared.add(found);
    for (const [found] of (parameters ?? '').matchAll(/[\w$]+/g)) declared.add(found);
  }
  const used = [...text.matchAll(USED)].map(([name]) => name);
  return [...new Set(used)].filter((name) => !WORDS.has(name) && !GLOBALS.has(name) && !declared.has(name));
}

test('a module of templates holds nothing that a template could use', () => {
  assert.ok(files.length >= 7, files.join(' '));
  for (const file of files) {
    const source = readFileSync(path.join(import.meta.dirname, file), 'utf8');
    const outermost = source.split('\n').filter((line) => /^[a-z]/.test(line));
    for (const line of outermost) assert.match(line, STATEMENT, `${file}: ${line}`);
  }
});

test('a template names its parameters, its own variables and what the language brings', async () => {
  let count = 0;
  for (const file of files) {
    const templates = (await import(`./${file}`)) as Readonly<Record<string, unknown>>;
    for (const [name, template] of Object.entries(templates)) {
      assert.equal(typeof template, 'function', `${file}: ${name}`);
      assert.deepEqual(undeclared(String(template)), [], `${file}: ${name}`);
      count += 1;
    }
  }
  assert.ok(count > 40, `${count} templates`);
});

test('a template that reaches for its module is found', () => {
  assert.deepEqual(undeclared('(key) => (input) => lookup(input, key)'), ['lookup']);
  assert.deepEqual(undeclared('(key) => (input) => { const found = input[key]; return found ?? NOTHING; }'), [
    'NOTHING',
  ]);
  assert.deepEqual(
    undeclared('({ slow }, at) => (input) => input.length > at ? slow(input) : Math.abs(at)'),
    ['Math'],
  );
});
