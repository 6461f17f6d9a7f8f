import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseManifests } from './parse-manifests.ts';

function parse(text: string) {
  const { documents, diagnostics } = parseManifests({ file: 'a.yaml', text });
  const found = diagnostics.map(({ code, range: { start } }) => `${start.line}:${start.column} ${code}`);
  return { values: documents.map((document) => document.value), found, diagnostics, documents };
}

suite('documents', () => {
  test('several documents of a file are read, empty ones passed over', () => {
    assert.deepEqual(parse('# nothing\n---\na: 1\n---\n---\nb: 2\n...\n').values, [{ a: 1 }, { b: 2 }]);
    assert.deepEqual(parse('').values, []);
  });

  test('a mistake in one document does not hide the others', () => {
    const { values, found } = parse('a: 1\n---\nb: [1\n---\nc: "x" y\n---\nd: 4\n');
    assert.deepEqual(values, [{ a: 1 }, { d: 4 }]);
    assert.deepEqual(found, ['4:1 VRS1001', '5:8 VRS1001']);
  });

  test('a list or a text is not a manifest', () => {
    assert.deepEqual(parse('- a\n---\nhello\n').found, ['1:1 VRS1013', '3:1 VRS1013']);
  });
});

suite('syntax', () => {
  const broken: Readonly<Record<string, readonly [yaml: string, place: string, help: RegExp]>> = {
    'a second colon in a line': ['a: b: c', '1:4', /quotes/],
    'a tab as indentation': ['a:\n\t- b', '2:1', /spaces/],
    'a reserved character': ['a: @x', '1:4', /quotes/],
    'a bracket that is never closed': ['a: [1, 2', '1:9', /Close/],
    'a quote that is never closed': ['a: "x', '1:6', /Close/],
    'something behind quotes': ['a: "x" y', '1:8', /quotes/],
    'a template without quotes': [
      'url: {{ a }}/b',
      '1:13',
      /^A text with \{\{ … \}\} needs quotes:\nurl: "\{\{ a \}\}\/b"$/,
    ],
    'an expression that YAML cannot read': [
      '- name: x\n  expression: "a" & b',
      '2:19',
      /Write it as a block scalar:\nexpression: \|\n {2}"a" & b$/,
    ],
  };
  for (const [name, [yaml, place, help]] of Object.entries(broken)) {
    test(`${name} is one mistake, with what to do`, () => {
      const { found, diagnostics } = parse(yaml);
      assert.deepEqual(found, [`${place} VRS1001`]);
      assert.match(diagnostics[0]?.help ?? '', help);
    });
  }

  test('what YAML reports of one line is one mistake, and at most twenty of a file are shown', () => {
    assert.equal(parse('a: "x" & y @ z').found.length, 1);
    assert.equal(
      parse(Array.from({ length: 50 }, (_, index) => `k${index}: "x" y\n`).join('')).found.length,
      20,
    );
  });
});

suite('values', () => {
  test('a key that appears twice is reported with the first', () => {
    const { found, diagnostics } = parse('a: 1\nb: 2\na: 3\n');
    assert.deepEqual(found, ['3:1 VRS1002']);
    assert.equal(diagnostics[0]?.related?.[0]?.range.start.line, 1);
  });

  test('aliases and merge keys are followed, own fields win over merged ones', () => {
    assert.deepEqual(parse('x: &x { a: 1, b: 2 }\ny: { <<: *x, b: 3 }\nz: *x\nl: [&v 5, *v]\n').values, [
      { x: { a: 1, b: 2 }, y: { b: 3, a: 1 }, z: { a: 1, b: 2 }, l: [5, 5] },
    ]);
  });

  test('an alias of nothing is reported, and nothing else about it', () => {
    assert.deepEqual(parse('a: *nowhere').found, ['1:4 VRS1008']);
  });

  test('a value that contains itself is refused', () => {
    assert.deepEqual(parse('a: &a [1, *a]').found, ['1:11 VRS1007']);
  });

  test('tags, keys that are no texts and numbers that JSON cannot keep are refused', () => {
    assert.deepEqual(parse('a: !x 1').found, ['1:4 VRS1014']);
    assert.deepEqual(parse('? [a]\n: 1').found, ['1:3 VRS1015']);
    assert.deepEqual(parse('~: 1').found, ['1:1 VRS1015']);
    for (const number of ['12345678901234567890', '.inf', '-.inf', '.nan'])
      assert.deepEqual(parse(`a: ${number}`).found, ['1:4 VRS1016'], number);
  });

  test('numbers, truth values and texts are those of YAML 1.2', () => {
    assert.deepEqual(parse('a: [yes, NO, true, 0x1F, 1e3, "5", 2020-01-01, ~]\n1: x\ntrue: y').values, [
      { a: ['yes', 'NO', true, 31, 1000, '5', '2020-01-01', null], 1: 'x', true: 'y' },
    ]);
  });

  test('a field called __proto__ is a field like any other', () => {
    const [value] = parse('__proto__: { a: 1 }').values;
    assert.deepEqual(Object.keys(value as object), ['__proto__']);
    assert.equal(({} as { a?: unknown }).a, undefined);
  });

  test('a template without quotes is recognised for what it is', () => {
    const { found, values, diagnostics } = parse('url: {{ id }}');
    assert.deepEqual(found, ['1:6 VRS4010']);
    assert.deepEqual(values, [{ url: '{{ id }}' }]);
    assert.equal(diagnostics[0]?.fix?.text, '"{{ id }}"');
  });
});

suite('places', () => {
  const [document] = parse('spec:\n  steps:\n    - name: a\n      rules: { x: 1 }\n    - b\n').documents;
  const at = (...args: Parameters<NonNullable<typeof document>['locate']>) => {
    const { start, end } = document?.locate(...args) ?? { start: { offset: 0 }, end: { offset: 0 } };
    return document?.text.slice(start.offset, end.offset);
  };

  test('a path finds the value, or its key', () => {
    assert.equal(at(['spec', 'steps', 0, 'name']), 'a');
    assert.equal(at(['spec', 'steps', 0, 'name'], 'key'), 'name');
    assert.equal(at(['spec', 'steps', 0, 'rules']), '{ x: 1 }');
    assert.equal(at(['spec', 'steps', 1]), 'b');
  });

  test('a mapping is shown by its first key, a missing field by what encloses it', () => {
    assert.equal(at(['spec', 'steps', 0]), 'name');
    assert.equal(at(['spec', 'delivery', 'attempts']), 'spec');
    assert.equal(at(['metadata']), 'spec');
  });
});

test('variables by which the YAML library shows its work show nothing, and are there afterwards', (t) => {
  const written = t.mock.method(console, 'log', () => undefined);
  const before = process.env;
  Object.assign(process.env, { LOG_TOKENS: '1', LOG_STREAM: '1' });
  t.after(() => {
    delete process.env.LOG_TOKENS;
    delete process.env.LOG_STREAM;
  });
  parseManifests({ file: 'a.yaml', text: 'kind: Flow\n' });
  assert.equal(written.mock.callCount(), 0);
  assert.equal(process.env, before);
  assert.equal(process.env.LOG_TOKENS, '1');
});
