// Reads the import lines of the whole project and holds them against the layers and the only-importer rules.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');

/** Inner layers first: a folder imports from folders before it, never from one behind it. */
const layers = [
  ['diagnostics', 'units'],
  ['expression', 'format', 'manifest'],
  ['shape'],
  ['payload'],
  ['flow'],
  ['compile'],
  ['plan'],
  ['apply'],
  ['steps', 'connector'],
  ['runtime'],
  ['testing'],
  ['editor'],
  ['nats'],
  ['devserver'],
  ['gitops'],
];

/** Packages that only these folders may import. */
const onlyImporters: readonly (readonly [name: RegExp, folders: readonly string[]])[] = [
  [/^(?:yaml|ajv|ajv-formats)(?:\/|$)/, ['engine/manifest']],
  [/^jsonata$/, ['engine/expression']],
  [/^fast-xml-parser$/, ['engine/format']],
  // The bare programs that the engine is measured against must not use its own way to NATS.
  [/^@nats-io\//, ['engine/connector/nats-wire', 'engine/nats', 'connectors/nats', 'bin/bench/bare']],
  [/^@aws-sdk\//, ['engine/payload', 'connectors/s3', 'engine/devserver/object-servers']],
  [/^@azure\//, ['engine/payload', 'connectors/azure-blob']],
  [/^@google-cloud\//, ['engine/payload', 'connectors/gcs']],
  [/^commander$/, ['bin']],
  [/^vscode-languageserver/, ['bin/lsp']],
];

interface Import {
  readonly file: string;
  readonly target: string;
}

const imports: readonly Import[] = globSync('{engine,connectors,bin,flows,docs}/**/*.ts', { cwd: root })
  .filter((file) => !file.includes('testdata'))
  .flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const found = source.matchAll(
      /(?:^|\n)(?:import|export)\s[^'"`;]*?from\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g,
    );
    return [...found].map((match) => ({ file, target: (match[1] ?? match[2] ?? match[3]) as string }));
  });

const isTest = (file: string) => file.endsWith('.test.ts');

/** The file that a relative import leads to, from the project root. */
function resolved({ file, target }: Import): string | undefined {
  return target.startsWith('.') ? path.join(path.dirname(file), target) : undefined;
}

function layerOf(file: string): number {
  const folder = /^engine\/([^/]+)\//.exec(file)?.[1];
  return layers.findIndex((members) => members.includes(folder ?? ''));
}

test('every folder of the engine has its place in the layers', () => {
  const folders = new Set(
    imports.map(({ file }) => /^engine\/([^/]+)\//.exec(file)?.[1]).filter((folder) => folder !== undefined),
  );
  assert.deepEqual(
    [...folders].filter((folder) => !layers.flat().includes(folder)),
    [],
  );
});

test('inner folders never import outer ones', () => {
  const wrong = imports.filter((found) => {
    const target = resolved(found);
    if (target === undefined || !found.file.startsWith('engine/') || isTest(found.file)) return false;
    if (!target.startsWith('engine/')) return !target.startsWith('schemas/');
    return layerOf(target) > layerOf(found.file);
  });
  assert.deepEqual(wrong, []);
});

test('connectors import the connector SDK and nothing else of the project', () => {
  const wrong = imports.filter((found) => {
    const target = resolved(found);
    const own = found.file.split('/').slice(0, 2).join('/');
    if (target === undefined || !/^connectors\/[^/]+\//.test(found.file) || isTest(found.file)) return false;
    return (
      !target.startsWith(own) && !target.startsWith('engine/connector/') && !target.startsWith('schemas/')
    );
  });
  assert.deepEqual(wrong, []);
});

test('packages are imported where their one place is', () => {
  const wrong = imports.filter(({ file, target }) => {
    const rule = onlyImporters.find(([name]) => name.test(target));
    return rule !== undefined && !isTest(file) && !rule[1].some((folder) => file.startsWith(`${folder}/`));
  });
  assert.deepEqual(wrong, []);
});

test('nothing but the composition root reaches into bin', () => {
  const wrong = imports.filter(
    (found) =>
      resolved(found)?.startsWith('bin/') === true &&
      !/^(?:bin|docs)\//.test(found.file) &&
      !isTest(found.file),
  );
  assert.deepEqual(wrong, []);
});
