// Records as CSV, and that they come back as they were.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Papa from 'papaparse';
import { random } from '../testdata/random.ts';
import { countryCodes } from '../testdata/shared-data.ts';
import type { CsvOptions } from './csv-options.ts';
import { formatCsv } from './format-csv.ts';
import { parseCsv } from './parse-csv.ts';

function written(value: unknown, options?: CsvOptions): string {
  return Buffer.from(formatCsv(value, options)).toString();
}

suite('writing', () => {
  const cases: readonly (readonly [title: string, value: unknown, text: string, options?: CsvOptions])[] = [
    [
      'columns come from all members, in order of appearance',
      [
        { a: 1, b: 'x' },
        { c: true, a: null },
      ],
      'a,b,c\n1,x,\n,,true\n',
    ],
    ['columns can be chosen', [{ a: 1, b: 2 }], 'b,z\n2,\n', { header: ['b', 'z'] }],
    ['the header can be left out', [{ a: 1 }], '1\n', { header: false }],
    ['lists are written as they are', [['a', 1], ['b']], 'a,1\nb\n'],
    ['one object is one record', { a: 1 }, 'a\n1\n'],
    [
      'what needs quotes gets them',
      [{ a: 'x,y', b: '"q"', c: '1\n2', d: '1\r2', e: ' x' }],
      'a,b,c,d,e\n"x,y","""q""","1\n2","1\r2"," x"\n',
    ],
    [
      'dialects are free',
      [{ a: 'x;y', b: "it's" }],
      "a;b\r\n'x;y';'it''s'\r\n",
      { delimiter: ';', quote: "'", newline: '\r\n' },
    ],
    ['what is nested is JSON', [{ a: { b: [1] } }], 'a\n"{""b"":[1]}"\n'],
    ['names with dots are names, not paths', [{ 'a.b': 1, a: { b: 2 } }], 'a.b,a\n1,"{""b"":2}"\n'],
    [
      'formulas are guarded on request, numbers are none',
      [{ a: '=1+1', b: '-x', c: -5, d: '@x' }],
      "a,b,c,d\n'=1+1,'-x,-5,'@x\n",
      { guardFormulas: true },
    ],
    ['no quotes, where the dialect has none', [{ a: '"x"' }], 'a\n"x"\n', { quote: '' }],
    [
      'an inherited name is not a field',
      [{ a: 1 }, {}],
      'toString,a\n,1\n,\n',
      { header: ['toString', 'a'] },
    ],
  ];
  for (const [title, value, text, options] of cases)
    test(title, () => assert.equal(written(value, options), text));
});

test('what CSV cannot hold is refused', () => {
  for (const value of ['text', [1], [null], [{ a: 1 }, [2]], [new Uint8Array(1)]])
    assert.throws(() => formatCsv(value), { code: 'VRS8203' });
  assert.throws(() => formatCsv([{ a: 'x,y' }], { quote: '' }), {
    code: 'VRS8203',
    message: /has no quotes/,
  });
});

suite('round trips', () => {
  test('the country codes', (t) => {
    const bytes = countryCodes();
    if (bytes === undefined) return t.skip('shared documents not found: they lie beside the project');
    const records = parseCsv(bytes);
    assert.deepEqual(parseCsv(formatCsv(records)), records);
    assert.deepEqual(Papa.parse(written(records), { header: true, skipEmptyLines: true }).data, records);
  });

  test('random records in random dialects, here and in a second parser', () => {
    const texts = [
      '',
      ' ',
      'x',
      '007',
      '"',
      '""',
      ',',
      ';',
      '\n',
      '\r',
      '\r\n',
      "'",
      '\\',
      'a,"b"\n',
      'Ærø',
      '\ufeff',
      '\t',
      '=1',
    ];
    for (let seed = 1; seed <= 500; seed++) {
      const dice = random(seed);
      const columns = Array.from({ length: 1 + dice.int(4) }, (_, index) => `c${index}`);
      const records = Array.from({ length: dice.int(5) }, () =>
        Object.fromEntries(columns.map((name) => [name, dice.pick(texts) + dice.pick(texts)])),
      );
      const delimiter = dice.pick([',', ';', '\t', '|']);
      const options: CsvOptions = { delimiter, newline: dice.pick(['\n', '\r\n']), header: columns };
      const text = written(records, options);
      assert.deepEqual(parseCsv(Buffer.from(text), { ...options, header: true }), records, `seed ${seed}`);
      const second = Papa.parse(text, {
        header: true,
        delimiter,
        newline: options.newline ?? '\n',
        skipEmptyLines: true,
      });
      assert.deepEqual(second.data, records, `seed ${seed}`);
    }
  });
});
