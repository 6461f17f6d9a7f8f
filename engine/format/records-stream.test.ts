// CSV to NDJSON and back as streams: the same as converting the whole, wherever chunks end.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { codecs } from './codecs.ts';
import type { CsvOptions } from './csv/csv-options.ts';
import { convertedStream } from './records-stream.ts';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.byteLength; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function converted(
  text: string,
  from: 'csv' | 'ndjson',
  csv: CsvOptions = {},
  size = 7,
): Promise<string> {
  const to = from === 'csv' ? 'ndjson' : 'csv';
  return (await buffer(convertedStream(cut(text, size), from, to, { csv }))).toString();
}

function whole(text: string, from: 'csv' | 'ndjson', csv: CsvOptions = {}): string {
  const to = from === 'csv' ? 'ndjson' : 'csv';
  return Buffer.from(codecs[to].format(codecs[from].parse(Buffer.from(text), { csv }), { csv })).toString();
}

const rows = Array.from({ length: 1000 }, (_, id) => ({
  id,
  name: id % 3 === 0 ? 'a, "b"\nc' : 'é',
  none: null,
}));
const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('');

for (const csv of [{}, { delimiter: ';' }, { header: false }, { header: ['name', 'id'] }] as const)
  test(`what comes out is what converting the whole gives: ${JSON.stringify(csv)}`, async () => {
    const written = whole(ndjson, 'ndjson', csv);
    assert.equal(await converted(ndjson, 'ndjson', csv), written);
    assert.equal(await converted(written, 'csv', csv), whole(written, 'csv', csv));
  });

test('lists become rows', async () => {
  const lists = '[1,"a"]\n[2,"b"]\n';
  assert.equal(await converted(lists, 'ndjson'), '1,a\n2,b\n');
  assert.equal(
    await converted(lists, 'ndjson', { header: ['n', 's'] }),
    whole(lists, 'ndjson', { header: ['n', 's'] }),
  );
});

test('nothing becomes nothing', async () => {
  assert.equal(await converted('', 'ndjson'), '');
  assert.equal(await converted('a,b\n', 'csv'), '');
});

for (const [what, from, text, code] of [
  ['a column that the first record has not', 'ndjson', '{"a":1}\n{"a":1,"b":2}\n', 'VRS8203'],
  ['a record that is no object', 'ndjson', '"a"\n', 'VRS8203'],
  ['a line that is no JSON', 'ndjson', '{"a":1}\n{"a"\n', 'VRS8201'],
  ['a quote that is not closed', 'csv', 'a,b\n"1,2\n', 'VRS8213'],
] as const)
  test(`${what} is refused for good`, async () => {
    await assert.rejects(
      converted(text, from),
      (error) => error instanceof VrskyError && error.code === code && !error.retryable,
    );
  });
