// What is meant to hang or crash a reader gives a diagnostic, soon.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifests } from './parse-manifests.ts';

const MIB = 1024 * 1024;
const fill = (unit: string, bytes = MIB) => unit.repeat(Math.floor(bytes / unit.length));

/** Each line stands for nine of the line above. */
function bomb(): string {
  const names = [...'abcdefghijklmnop'];
  const lines = names.map(
    (name, index) =>
      `${name}: &${name} [${Array(9)
        .fill(index === 0 ? 1 : `*${names[index - 1]}`)
        .join()}]`,
  );
  return `${lines.join('\n')}\n`;
}

const inputs: Readonly<Record<string, readonly [text: string, code: string | undefined]>> = {
  'ten megabytes of brackets': ['['.repeat(10_000_000), 'VRS1005'],
  'a megabyte of open brackets': [fill('['), 'VRS1006'],
  'a megabyte of open braces': [fill('{a: '), 'VRS1006'],
  'a megabyte of dashes': [fill('- '), 'VRS1006'],
  'a megabyte of question marks': [fill('? '), 'VRS1006'],
  'a megabyte of colons': [fill('a: '), 'VRS1006'],
  'steps of indentation': [
    Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    'VRS1006',
  ],
  'a billion laughs': [bomb(), 'VRS1007'],
  'a merge bomb': [
    `a: &a {x: 1}\nb: &b\n  <<: [${Array(200).fill('*a').join()}]\nc: [${Array(60_000).fill('*b').join()}]\n`,
    'VRS1007',
  ],
  'a megabyte of anchors': [`a: ${fill('&x ', MIB - 100)}`, 'VRS1005'],
  'a megabyte of tags': [`a: ${fill('!x ', MIB - 100)}`, 'VRS1005'],
  'a megabyte of aliases': [`- &a x\n${fill('- *a\n', MIB - 100)}`, 'VRS1005'],
  'a megabyte of documents': [fill('---\na: 1\n'), 'VRS1005'],
  'a megabyte of equal keys': [fill('k: v\n'), 'VRS1005'],
  'thirty thousand equal keys': ['k: v\n'.repeat(30_000), 'VRS1002'],
  'a megabyte of quotes': [`a: ${fill('"', MIB - 100)}`, 'VRS1005'],
  'a quote that is never closed': [`a: "${fill('x ', MIB - 100)}`, 'VRS1001'],
  'closing brackets': [`a: [${fill('],]', 500_000)}`, 'VRS1001'],
  tabs: [`a:\n${fill('\t- b\n', 200_000)}`, 'VRS1001'],
  'nothing but directives': [fill('%YAML 1.2\n'), undefined],
  'a megabyte of line breaks': [fill('\n'), 'VRS1005'],
  'one long line': [`a: ${fill('x y ', MIB - 100)}`, undefined],
  'a long block scalar': [`a: |\n${fill(' x\n', MIB - 100)}`, undefined],
  'one long comment': [fill('#'), undefined],
  'escapes without end': [`a: "${fill('\\x41', MIB - 100)}"`, undefined],
  'a NUL in the middle': [`a: ${fill('x', 500_000)}\0`, 'VRS1004'],
};

for (const [name, [text, code]] of Object.entries(inputs)) {
  test(`${name}: ${code ?? 'no mistake'}, in bounded time`, () => {
    const begin = process.cpuUsage();
    const { diagnostics } = parseManifests({ file: 'a.yaml', text });
    const took = milliseconds(begin);
    assert.deepEqual(
      [...new Set(diagnostics.map((diagnostic) => diagnostic.code))],
      code === undefined ? [] : [code],
    );
    assert.ok(diagnostics.length <= 200, `${diagnostics.length} diagnostics`);
    assert.ok(took < 20_000, `${took} ms`);
  });
}

/** Of processor time, for what else runs on the machine says nothing about this. */
function milliseconds(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return Math.round((user + system) / 1000);
}
