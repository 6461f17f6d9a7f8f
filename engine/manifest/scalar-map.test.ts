import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScalarNode } from './node.ts';
import { parseManifests } from './parse-manifests.ts';
import { ScalarMap } from './scalar-map.ts';

/** The value of `x` and a function that answers what of the file stands for a part of the value. */
function read(yaml: string) {
  const { documents, diagnostics } = parseManifests({ file: 'a.yaml', text: yaml });
  assert.deepEqual(diagnostics, [], yaml);
  const node = documents[0]?.node(['x']) as ScalarNode;
  const map = new ScalarMap(yaml, node);
  const locate = (part: string, length = part.length) => {
    const offset = String(node.value).indexOf(part);
    assert.notEqual(offset, -1, `${part} in ${JSON.stringify(node.value)}`);
    const span = map.locate(offset, length);
    return yaml.slice(span.start, span.end);
  };
  return { value: String(node.value), map, locate };
}

const forms: Readonly<Record<string, string>> = {
  plain: 'x: alpha + omega',
  'plain over several lines': 'x: alpha\n  +\n\n  omega\n',
  'in single quotes': "x: 'it''s alpha + omega'",
  'in single quotes over several lines': "x: 'alpha  \n\n   it''s\n   omega'",
  'in double quotes': 'x: "\\x41\\u0042\\t\\"alpha\\" \\U0001F600 omega"',
  'in double quotes over several lines': 'x: "alpha \\\n   b\n\n   c \\t\n   omega"',
  literal: 'x: |\n  alpha\n    +\n\n  omega\n',
  'literal, stripped, with comment': 'x: |- # note\n  alpha\n  omega',
  'literal with given indentation': 'x: |1\n  alpha\n omega\n',
  'literal, kept': 'x: |+\n  alpha\n  omega\n\n\n',
  folded: 'x: >\n  alpha\n  b\n\n  c\n    further\n  omega\n',
  'folded, stripped': 'x: >-\n\n  alpha\n\n\n  omega',
  'literal with CRLF': 'x: |\r\n  alpha\r\n  omega\r\n',
  'with wide characters': 'x: |\n  "日本 😀" & alpha &\n  omega\n',
};

for (const [name, yaml] of Object.entries(forms)) {
  test(`a part of a text ${name} is found in the file`, () => {
    const { locate } = read(yaml);
    assert.equal(locate('alpha'), 'alpha');
    assert.equal(locate('omega'), 'omega');
  });
}

test('an escape is marked as a whole, the end of a text right after it', () => {
  const { value, map } = read('x: "a\\u0042c"');
  assert.deepEqual(map.locate(1, 1), { start: 5, end: 11 });
  assert.deepEqual(map.locate(value.length, 0), { start: 12, end: 12 });
});

test('every character of a literal text maps to itself', () => {
  const yaml = 'x: |\n    one\n      two\n\n    three\n';
  const { value, map } = read(yaml);
  for (const [index, character] of [...value].entries()) {
    const { start } = map.locate(index, 1);
    assert.equal(yaml[start], character, `character ${index}`);
  }
});
