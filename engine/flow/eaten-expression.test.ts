// One-line expressions written as plain YAML: whatever YAML makes of them, nothing goes wrong silently.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { checkSources } from './check.ts';

const head = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: a }
spec:
  consumers: [{ name: in, type: schedule, every: 1m }]
  producers: [{ name: out, type: log }]
  steps:
`;
const asBlock = (expression: string) =>
  `${head}    - name: m\n      type: map\n      expression: ${expression}\n`;
const inFlow = (expression: string) => `${head}    - { name: m, type: map, expression: ${expression} }\n`;

async function check(text: string): Promise<{ diagnostics: readonly Diagnostic[]; expression: unknown }> {
  const { value, diagnostics } = await checkSources([{ file: 'a.yaml', text }]);
  return { diagnostics, expression: value.flows[0]?.steps[0]?.config.expression };
}

function apply(text: string, { range, text: replacement }: Fix): string {
  return text.slice(0, range.start.offset) + replacement + text.slice(range.end.offset);
}

const EXPRESSIONS = [
  '{ "id": x }',
  '{"id": x, "total": $sum(lines.amount)}',
  '{ "id": x }.id',
  '[a, b]',
  '[a, b][0]',
  '[1..5]',
  'a # b',
  'lines #$i.{ "n": $i }',
  '"ok"',
  "'ok'",
  '"a" & b',
  'a & ": " & b',
  'x ? "yes" : "no"',
  '$x := 5',
  '*.amount',
  '**.amount',
  '%.name',
  '`a b`',
  '@x',
  '!x',
  '| a | b |',
  '> 5',
  '- 5',
  '-5',
  '42',
  '1.5',
  'true',
  'null',
  '~',
  '0x1F',
  'a.b[c = "d"]',
  '$sum(lines.(price * quantity))',
  'total > 100',
  '(a; b)',
  'a ~> $uppercase()',
  '$map(a, function($x) { $x * 2 })',
  'name = "a: b"',
  'a, b',
  '? x',
  '%x',
];

suite('an expression as a plain scalar either arrives as it was written or is reported', () => {
  for (const expression of EXPRESSIONS) {
    for (const [form, write] of Object.entries({ 'on a line of its own': asBlock, 'inside { … }': inFlow })) {
      test(`${expression} ${form}`, async () => {
        const { diagnostics, expression: arrived } = await check(write(expression));
        if (arrived !== expression) assert.notEqual(diagnostics.length, 0, JSON.stringify(arrived));
      });
    }
  }
});

suite('a fix writes what was meant', () => {
  const fixable: Readonly<Record<string, string>> = {
    '{ "id": x }': 'VRS4010',
    '[a, b]': 'VRS4010',
    '42': 'VRS4010',
    true: 'VRS4010',
    'a.b #$i.{ "n": $i }': 'VRS4011',
    'x & " # " & y': 'VRS4011',
    '"ok"': 'VRS4012',
  };
  for (const [expression, code] of Object.entries(fixable)) {
    test(`${expression} on a line of its own becomes a block scalar`, async () => {
      const text = asBlock(expression);
      const [diagnostic, ...others] = (await check(text)).diagnostics;
      assert.deepEqual([diagnostic?.code, others], [code, []]);
      const mended = await check(apply(text, diagnostic?.fix as Fix));
      assert.deepEqual(mended, { diagnostics: [], expression: `${expression}\n` });
    });
  }

  for (const expression of ['{ "id": x }', '[a, b]', '42', '$substring(name, 0, 3)', "[a, 'b']"]) {
    test(`${expression} inside { … } goes into single quotes`, async () => {
      const text = inFlow(expression);
      const [diagnostic, ...others] = (await check(text)).diagnostics;
      assert.deepEqual([diagnostic?.code, others], ['VRS4010', []]);
      const mended = await check(apply(text, diagnostic?.fix as Fix));
      assert.deepEqual(mended, { diagnostics: [], expression });
    });
  }

  test('an indented mapping becomes an object constructor', async () => {
    const text = `${head}    - name: m\n      type: map\n      expression:\n        id: Invoice.ID\n        total: $sum(lines.amount)\n`;
    const [diagnostic, ...others] = (await check(text)).diagnostics;
    assert.deepEqual([diagnostic?.code, others], ['VRS4010', []]);
    assert.match(
      diagnostic?.help ?? '',
      /\nexpression: \|\n {2}\{\n {4}"id": Invoice\.ID,\n {4}"total": \$sum\(lines\.amount\)\n {2}\}$/,
    );
  });
});

suite('comments after an expression', () => {
  test('are a warning when what is left makes sense', async () => {
    const { diagnostics, expression } = await check(asBlock('total > 100 # only big ones'));
    assert.deepEqual(
      diagnostics.map(({ code, severity, range }) => [code, severity, range.start.column]),
      [['VRS4011', 'warning', 31]],
    );
    assert.equal(expression, 'total > 100');
  });

  test('are an error when what is left does not, instead of the mistake in its syntax', async () => {
    const { diagnostics } = await check(asBlock('"a" = (b # c)').replace('"a" = (b', 'x = (b'));
    assert.deepEqual(
      diagnostics.map(({ code, severity }) => [code, severity]),
      [['VRS4011', 'error']],
    );
  });

  test('are fine on a line of their own, and # is fine in a block scalar', async () => {
    assert.deepEqual(
      (
        await check(
          asBlock('|\n        a & " # " & b').replace('      expression', '      # note\n      expression'),
        )
      ).diagnostics,
      [],
    );
  });
});

suite('places', () => {
  /** What is marked, with its line. */
  const marked = async (text: string) =>
    (await check(text)).diagnostics.map(
      ({ range: { start, end } }) => `${start.line} ${text.slice(start.offset, end.offset)}`,
    );

  const forms: Readonly<Record<string, readonly [text: string, line: number]>> = {
    'a literal block': [asBlock('|\n        {\n          "a": $summ(x)\n        }'), 12],
    'a folded block': [asBlock('>-\n        $sum(a) +\n\n        $summ(x)'), 13],
    'double quotes with escapes': [asBlock('"\\"\\u0041\\" & $summ(x)"'), 10],
    'single quotes inside { … }': [inFlow("'''a'' & $summ(x)'"), 8],
    'a plain text over several lines': [asBlock('$sum(a) +\n        $summ(x)'), 11],
  };
  for (const [name, [text, line]] of Object.entries(forms)) {
    test(`a mistake in ${name} is marked exactly`, async () => {
      assert.deepEqual(await marked(text), [`${line} $summ`]);
    });
  }

  test('a mistake in a hole of a template is marked exactly', async () => {
    const text = head.replace('type: log }', 'type: log, message: "\\t{{ a }} {{ $summ(x) }}" }');
    assert.deepEqual(await marked(`${text}    - { name: m, type: map, expression: x }\n`), ['6 $summ']);
  });

  test('a reference before a mistake does not move it', async () => {
    assert.deepEqual(await marked(asBlock('|\n        "${env:X:-y}" & $summ(x)')), ['11 $summ']);
  });
});
