// Every format by its name: content types, and what comes back of what was written.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { codecs, formatOf, formats } from './codecs.ts';

test('every format has a codec whose content type leads back to it', () => {
  assert.deepEqual(Object.keys(codecs).sort(), [...formats].sort());
  for (const format of formats) {
    if (format !== 'binary') assert.equal(formatOf(codecs[format].contentType), format, format);
  }
});

test('content types tell their format', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    'application/json; charset=utf-8': 'json',
    'application/cloudevents+json': 'json',
    'Application/XML': 'xml',
    'image/svg+xml': 'xml',
    'text/xml': 'xml',
    'text/csv; header=present': 'csv',
    'text/html': 'text',
    'application/jsonl': 'ndjson',
    'image/png': undefined,
    'application/octet-stream': undefined,
  };
  for (const [type, format] of Object.entries(cases)) assert.equal(formatOf(type), format, type);
});

suite('what was written is read again', () => {
  const rows = [
    { id: '1', name: 'a "b", c\nd' },
    { id: '', name: 'æ' },
  ];
  const values: Readonly<Record<(typeof formats)[number], unknown>> = {
    json: { a: [1, null, { b: 'x' }] },
    ndjson: [{ a: 1 }, [2], 'x'],
    xml: { a: { '@x': '1', b: ['1', '2'], c: { '#text': 't', '@y': '' } } },
    csv: rows,
    text: 'line one\nblå',
    binary: 'AAEC/w==',
    form: { a: '1', b: ['x', 'y'] },
  };
  for (const format of formats) {
    test(format, () => {
      const { format: write, parse } = codecs[format];
      assert.deepEqual(parse(write(values[format], {}), {}), values[format]);
    });
  }
});

test('text is read by the charset of its content type', () => {
  const latin = Buffer.from('blå', 'latin1');
  assert.equal(codecs.text.parse(latin, { contentType: 'text/plain; charset="ISO-8859-1"' }), 'blå');
  assert.throws(() => codecs.text.parse(latin, {}), { code: 'VRS8202' });
  assert.throws(() => codecs.text.parse(latin, { contentType: 'text/plain; charset=klingon' }), {
    code: 'VRS8202',
  });
});
