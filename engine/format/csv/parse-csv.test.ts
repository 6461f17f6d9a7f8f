// CSV in every dialect, whole and streamed, against a second parser and hostile input.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Papa from 'papaparse';
import type { FormatError } from '../format-error.ts';
import { countryCodes } from '../testdata/shared-data.ts';
import type { CsvOptions } from './csv-options.ts';
import { type CsvRecord, csvRecords, csvValues, parseCsv } from './parse-csv.ts';

async function streamed(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options?: CsvOptions,
): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of csvRecords(chunks, options)) records.push(record);
  return records;
}

function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

suite('dialects', () => {
  const cases: readonly (readonly [title: string, text: string, records: unknown, options?: CsvOptions])[] = [
    ['the first record names the fields, which stay strings', 'id,name\n007,Å\n', [{ id: '007', name: 'Å' }]],
    ['CR LF, LF and CR end lines', 'a\r\n1\r\n2\r\n', [{ a: '1' }, { a: '2' }]],
    ['a byte order mark is not part of the first name', '\ufeffa,b\n1,2', [{ a: '1', b: '2' }]],
    [
      'quotes hold delimiters, quotes and line ends',
      'a,b\n"x,""y""","1\r\n2"\n',
      [{ a: 'x,"y"', b: '1\r\n2' }],
    ],
    ['names can be given', '1,2\n', [{ x: '1', y: '2' }], { header: ['x', 'y'] }],
    [
      'without a header records are lists',
      'a,b\n1,\n',
      [
        ['a', 'b'],
        ['1', ''],
      ],
      { header: false },
    ],
    [
      'delimiter, quote and escape are free',
      "a;b\n'x\\'y';2",
      [{ a: "x'y", b: '2' }],
      { delimiter: ';', quote: "'", escape: '\\' },
    ],
    [
      'tabs, and quotes that mean nothing',
      'a\tb\n"x\t2"\n',
      [{ a: '"x', b: '2"' }],
      { delimiter: '\t', quote: '' },
    ],
    ['delimiters may be longer', 'a||b\n1||2\n', [{ a: '1', b: '2' }], { delimiter: '||' }],
    ['spaces stay unless trimmed', 'a,b\n 1 , 2\n', [{ a: ' 1 ', b: ' 2' }]],
    ['spaces are trimmed on request', 'a, b\n 1 , 2\n', [{ a: '1', b: '2' }], { trim: true }],
    ['empty lines are left out', 'a\n\n1\n\n', [{ a: '1' }]],
    ['empty lines are records on request', 'a\n\n1\n', [{ a: '' }, { a: '1' }], { skipEmptyLines: false }],
    [
      'ragged records pass when relaxed',
      'a,b\n1\n1,2,3\n',
      [{ a: '1' }, { a: '1', b: '2' }],
      { relaxed: true },
    ],
    [
      'columns take types on request; empty is null',
      'n,b,s\n-1.5e1,Yes,1\n,,\n',
      [
        { n: -15, b: true, s: '1' },
        { n: null, b: null, s: '' },
      ],
      { types: { n: 'number', b: 'boolean' } },
    ],
    ['nothing is no records', '', []],
    ['a header alone is no records', 'a,b\n', []],
  ];
  for (const [title, text, records, options] of cases) {
    test(title, async () => {
      assert.deepEqual(parseCsv(Buffer.from(text), options), records);
      assert.deepEqual(await streamed(bytewise(Buffer.from(text)), options), records);
    });
  }

  test('encodings are read, whole and byte by byte', async () => {
    for (const [encoding, bytes] of [
      ['iso-8859-1', Buffer.from('a\næ\n', 'latin1')],
      ['windows-1252', Buffer.from([0x61, 0x0a, 0xe6, 0x0a])],
      ['utf-16le', Buffer.from('\ufeffa\næ\n', 'utf16le')],
      ['utf-8', Buffer.from('a\næ\n')],
    ] as const) {
      assert.deepEqual(parseCsv(bytes, { encoding }), [{ a: 'æ' }], encoding);
      assert.deepEqual(await streamed(bytewise(bytes), { encoding }), [{ a: 'æ' }], encoding);
    }
  });
});

suite('refused, with the line', () => {
  const cases: readonly (readonly [
    text: string,
    line: number | undefined,
    message: RegExp,
    options?: CsvOptions,
  ])[] = [
    ['a,b\n1,2\n1,2,3\n', 3, /number of fields is wrong.*\(line 3\)/],
    ['a,b\n1\n', 2, /number of fields is wrong/],
    ['a,a\n', 1, /names the column "a" twice/],
    ['__proto__\n1\n', 1, /__proto__/],
    ['a\n"x"y\n', 2, /Closing Quote/],
    ['a\nx"y\n', 2, /Opening Quote/],
    ['a\n"never closed\n', undefined, /Quote Not Closed/],
    ['a\n1\nx\n', 3, /"x" in the column a is not a number/, { types: { a: 'number' } }],
    ['a\nmaybe\n', 2, /is not a boolean/, { types: { a: 'boolean' } }],
    ['a\n1\n', 1, /there is no column "b"/, { types: { b: 'number' } }],
  ];
  for (const [text, line, message, options] of cases) {
    test(JSON.stringify(text), async () => {
      const isExpected = (error: FormatError) => {
        assert.equal(error.code, 'VRS8213');
        if (line !== undefined) assert.equal(error.line, line);
        assert.match(error.message, message);
        return true;
      };
      assert.throws(() => parseCsv(Buffer.from(text), options), isExpected);
      await assert.rejects(streamed(bytewise(Buffer.from(text)), options), isExpected);
    });
  }

  test('bytes of another encoding', async () => {
    const latin = Buffer.from('a\næ\n', 'latin1');
    assert.throws(() => parseCsv(latin), { code: 'VRS8202' });
    await assert.rejects(streamed([latin]), { code: 'VRS8202' });
  });

  test('a quote that never closes ends at the record limit, not at the end of memory', async () => {
    let given = 0;
    async function* endless() {
      yield Buffer.from('a\n"');
      for (;;) {
        given += 65_536;
        yield Buffer.alloc(65_536, 'x');
      }
    }
    await assert.rejects(streamed(endless()), { code: 'VRS8213', message: /record/i });
    assert.ok(given < 16 * 1024 * 1024, `${given} bytes were taken`);
  });

  test('a million columns, fast', () => {
    const started = performance.now();
    const header = Array.from({ length: 200_000 }, (_, index) => index).join(',');
    assert.throws(() => parseCsv(Buffer.from(`${header}\n`)), { code: 'VRS8213', message: /10000 columns/ });
    assert.ok(performance.now() - started < 30_000);
  });
});

suite('streaming', () => {
  test('records come before the source has ended', async () => {
    async function* slow() {
      yield Buffer.from('a\n1\n2\n3\n');
      await new Promise(() => undefined);
    }
    for await (const record of csvRecords(slow())) {
      assert.deepEqual(record, { a: '1' });
      break;
    }
  });

  test('one big chunk is not turned into records all at once', () => {
    const rows = 20_000;
    const bytes = Buffer.from(`a,b,c\n${'one,two,three\n'.repeat(rows)}`);
    let slices = 0;
    const counted = new Proxy(bytes, {
      get: (target, name) => {
        if (name === 'subarray') slices++;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const records = csvValues(counted);
    for (let index = 0; index < 4_000; index++) records.next();
    assert.equal(slices, 1);
    assert.equal([...records].length, rows - 4_000);
  });

  test('all records before a malformed one come first', async () => {
    const text = 'a,b\n1,2\n3,4\n5\n';
    const seen: unknown[] = [];
    await assert.rejects(
      async () => {
        for await (const record of csvRecords([Buffer.from(text)])) seen.push(record);
      },
      { code: 'VRS8213', line: 4 },
    );
    assert.deepEqual(seen, [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  test('a source that fails fails the records', async () => {
    // biome-ignore lint/correctness/useYield: it never gets there
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw new Error('the disk is gone');
    }
    await assert.rejects(streamed(broken()), /the disk is gone/);
  });
});

test('the country codes are read as a second parser reads them, field by field', async (t) => {
  const bytes = countryCodes();
  if (bytes === undefined) return t.skip('shared documents not found: they lie beside the project');
  const second = Papa.parse<Record<string, string>>(bytes.toString(), { header: true, skipEmptyLines: true });
  assert.deepEqual(second.errors, []);
  assert.equal(second.data.length, 249);
  assert.deepEqual(parseCsv(bytes), second.data);
  assert.deepEqual(await streamed([bytes]), second.data);
});
