// NDJSON: values line by line, mistakes with their line.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatNdjson, ndjsonRecords, ndjsonValues, parseNdjson } from './ndjson.ts';

const bytes = (text: string) => Buffer.from(text);

async function collect(chunks: readonly Uint8Array[]): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for await (const value of ndjsonRecords(chunks)) values.push(value);
  return values;
}

test('a value per line, of any kind; blank lines and a byte order mark are nothing', async () => {
  const content = bytes('\ufeff{"a":1}\r\n\n  \n[2]\n"x"\nnull\n3.5');
  const values = [{ a: 1 }, [2], 'x', null, 3.5];
  assert.deepEqual(parseNdjson(content), values);
  assert.deepEqual(await collect([content]), values);
  assert.deepEqual(await collect([...content].map((byte) => Buffer.from([byte]))), values);
  assert.deepEqual(parseNdjson(bytes('')), []);
  assert.deepEqual(parseNdjson(bytes('\ufeff\n')), []);
});

suite('a mistake names line and column', () => {
  test('of JSON', () => {
    assert.throws(() => parseNdjson(bytes('{"a":1}\n\n{"a":}\n')), {
      code: 'VRS8201',
      line: 3,
      column: 6,
      message: /\(line 3, column 6, at "}"\)/,
    });
  });

  test('of the encoding', () => {
    assert.throws(() => parseNdjson(Buffer.from('1\n"blå"', 'latin1')), {
      code: 'VRS8202',
      line: 2,
      message: /line 2/,
    });
  });

  test('what stands before comes first', () => {
    const values = ndjsonValues(bytes('1\n2\nx'));
    assert.deepEqual([values.next().value, values.next().value], [1, 2]);
    assert.throws(() => values.next(), { code: 'VRS8201', line: 3 });
  });
});

test('200 MB of records are read without keeping them', async () => {
  const chunk = bytes(`{"id":1,"text":"${'x'.repeat(1000)}"}\n`.repeat(100));
  function* manyChunks() {
    for (let count = 0; count < 2000; count++) yield chunk;
  }
  const before = process.memoryUsage().rss;
  let count = 0;
  for await (const _ of ndjsonRecords(manyChunks())) count++;
  assert.equal(count, 200_000);
  assert.ok(process.memoryUsage().rss - before < 120e6, `${process.memoryUsage().rss - before} bytes more`);
});

test('a list is written a line per item, anything else as one line, and comes back', () => {
  const values = [{ a: 'x\ny' }, null, 'text', 7];
  const written = formatNdjson(values);
  assert.equal(Buffer.from(written).toString(), '{"a":"x\\ny"}\nnull\n"text"\n7\n');
  assert.deepEqual(parseNdjson(written), values);
  assert.equal(Buffer.from(formatNdjson({ a: 1 })).toString(), '{"a":1}\n');
  assert.equal(Buffer.from(formatNdjson([])).toString(), '');
  assert.throws(() => formatNdjson([undefined]), { code: 'VRS8203' });
});
