// NDJSON, whole and in pieces.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatNdjson, ndjsonRecords, parseNdjson } from './ndjson.ts';

async function streamed(bytes: Uint8Array, size: number): Promise<unknown[]> {
  const chunks = [];
  for (let at = 0; at < bytes.byteLength; at += size) chunks.push(bytes.subarray(at, at + size));
  const values: unknown[] = [];
  for await (const value of ndjsonRecords(chunks)) values.push(value);
  return values;
}

test('values come line by line, however the bytes arrive', async () => {
  const bytes = Buffer.from('\ufeff{"a":"Ærø"}\r\n\n  \n[1]\n"x"\nnull\n007'.replace('007', '7'));
  const expected = [{ a: 'Ærø' }, [1], 'x', null, 7];
  assert.deepEqual(parseNdjson(bytes), expected);
  for (const size of [1, 2, 3, 7, 1000])
    assert.deepEqual(await streamed(bytes, size), expected, `${size} bytes`);
  assert.deepEqual(parseNdjson(Buffer.from('')), []);
});

suite('refused, with the line', () => {
  const cases: readonly (readonly [
    title: string,
    bytes: Buffer,
    code: string,
    line: number,
    column: number | undefined,
  ])[] = [
    ['a line that is not JSON', Buffer.from('{}\n{"a":}\n{}'), 'VRS8201', 2, 6],
    ['two values on a line', Buffer.from('{} {}\n'), 'VRS8201', 1, 4],
    ['bytes that are not UTF-8', Buffer.from([0x31, 0x0a, 0x22, 0xff, 0x22]), 'VRS8202', 2, undefined],
    ['a value over two lines', Buffer.from('{\n}\n'), 'VRS8201', 1, 2],
  ];
  for (const [title, bytes, code, line, column] of cases) {
    test(title, async () => {
      const expected = { name: 'FormatError', code, line, column, message: new RegExp(`line ${line}`) };
      assert.throws(() => parseNdjson(bytes), expected);
      await assert.rejects(streamed(bytes, 1), expected);
    });
  }

  test('a line that never ends', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given++;
        yield Buffer.alloc(1024 * 1024, '1');
      }
    }
    await assert.rejects(
      async () => {
        for await (const _ of ndjsonRecords(endless())) assert.fail();
      },
      { code: 'VRS8201', line: 1 },
    );
    assert.equal(given, 65);
  });
});

test('a list is a line per item, anything else is one line', () => {
  assert.equal(formatNdjson([{ a: '\n' }, 1, null]).toString(), '{"a":"\\n"}\n1\nnull\n');
  assert.equal(formatNdjson({ a: 1 }).toString(), '{"a":1}\n');
  assert.equal(formatNdjson([]).toString(), '');
  assert.throws(() => formatNdjson([undefined]), { code: 'VRS8203' });
});

test('__proto__ is a member like any other', () => {
  const [value] = parseNdjson(Buffer.from('{"__proto__":{"x":1}}')) as readonly [Record<string, unknown>];
  assert.deepEqual(Object.keys(value), ['__proto__']);
  assert.equal(value.x, undefined);
});
