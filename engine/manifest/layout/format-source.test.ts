import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { formatSource } from './format-source.ts';
import { commentsOf } from './same-content.ts';
import { randomNumbers, randomText } from './testdata/random-text.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const format = (text: string) => formatSource({ file: 'flow.yaml', text });
const valuesOf = (text: string) =>
  parseAllDocuments(text, { merge: true, uniqueKeys: false }).map((document) => document.toJS());

/** A flow whose only step is written as given, from its dash on. */
const withStep = (step: string) => `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers:
    - { name: inbox, type: file, directory: ./inbox }
  steps:
    ${step}
  producers:
    - { name: out, type: log }
`;

describe('formatting', () => {
  test('indentation, lists and space are set in one way; comments stay where they were', () => {
    const text = `# about this file
kind:   Flow     # what
spec:
    # where from
    steps:
    - name: a   # first

      # before the type
      type: filter
    - {name: b,   labels: [ x,y ]}
    # at the end
`;
    assert.equal(
      format(text).text,
      `# about this file
kind: Flow # what
spec:
  # where from
  steps:
    - name: a # first

      # before the type
      type: filter
    - { name: b, labels: [x, y] }
    # at the end
`,
    );
  });

  test('an expression of several lines or with quotes that it needs becomes a block', () => {
    assert.equal(
      format(withStep('- name: a\n      type: map\n      expression: "{ \\"id\\": x }"')).text,
      withStep('- name: a\n      type: map\n      expression: |-\n        { "id": x }'),
    );
    assert.equal(
      format(withStep('- name: a\n      type: map\n      expression: >-\n        total\n\n        + 1')).text,
      withStep('- name: a\n      type: map\n      expression: |-\n        total\n        + 1'),
    );
  });

  test('an expression in braces that needs a block takes its step out of the braces', () => {
    assert.equal(
      format(withStep('- { name: a, type: filter, when: "{}.x" } # why')).text,
      withStep('- name: a\n      type: filter\n      when: |-\n        {}.x\n      # why'),
    );
  });

  test('a short expression stays on its line, without escapes that it does not need', () => {
    const plain = withStep('- { name: a, type: filter, when: country = "NO" }');
    assert.equal(format(plain).text, plain);
    assert.equal(format(withStep('- { name: a, type: filter, when: "country = \\"NO\\"" }')).text, plain);
    const quoted = withStep('- { name: a, type: filter, when: "total > 100" }');
    assert.equal(format(quoted).text, quoted);
  });

  test('long texts are never folded, and folded ones keep what they say', () => {
    const long = `a: ${'word '.repeat(60)}end\nb: "${'word '.repeat(60)}: end"\n`;
    assert.equal(format(long).text, long);
    const folded = format(`a: >\n  ${'word '.repeat(60).trim()}\n\n  next\n`).text;
    assert.ok(folded.split('\n').length > 4 && folded.split('\n').every((line) => line.length <= 100));
  });

  test('line breaks stay what they are', () => {
    assert.equal(format('a:   1\r\nb:\r\n- 2\r\n').text, 'a: 1\r\nb:\r\n  - 2\r\n');
    assert.equal(format('a:   1').text, 'a: 1\n');
  });

  test('what is wrong is left alone and said', () => {
    for (const [text, code] of [
      ['a: [1', 'VRS1001'],
      ['a: \u0007', 'VRS1004'],
    ] as const) {
      const { text: after, kept, diagnostics } = format(text);
      assert.deepEqual([after, kept, diagnostics.length > 0], [text, 'invalid', true], code);
    }
  });

  test('numbers, nulls, truth values, tags, anchors and merge keys are written as they were', () => {
    const text =
      'a: 0x1F\nb: 1.50\nc: ~\nd:\ne: &x { k: 1e3 }\nf: { <<: *x, l: !!str 5 }\ng: True\nh: -0\ni: 12345678901234567890\nj: 1e400\n';
    assert.equal(format(text).text, text);
  });

  test('deep nesting is refused, not overflowed', () => {
    const { kept } = format(`a: ${'['.repeat(5000)}${']'.repeat(5000)}`);
    assert.equal(kept, 'invalid');
  });

  test('every manifest of this repository says the same afterwards', () => {
    const files = (readdirSync(root, { recursive: true }) as string[]).filter(
      (file) => /\.ya?ml$/.test(file) && !file.includes('node_modules'),
    );
    assert.ok(files.length > 3);
    for (const file of files) assertFaithful(readFileSync(path.join(root, file), 'utf8'), file);
  });

  test('random texts say the same afterwards and lose no comment', () => {
    let unsafe = 0;
    for (let seed = 1; seed <= 400; seed++) {
      if (assertFaithful(randomText(randomNumbers(seed)), `seed ${seed}`) === 'unsafe') unsafe++;
    }
    assert.equal(unsafe, 0, 'texts were left as they were');
  });
});

function assertFaithful(text: string, what: string): string | undefined {
  const { text: after, kept } = format(text);
  if (kept !== undefined) return kept;
  assert.deepEqual(valuesOf(after), valuesOf(text), what);
  assert.deepEqual(commentsOf(after), commentsOf(text), what);
  assert.equal(format(after).text, after, `${what}: formatting twice is formatting once`);
  return undefined;
}
