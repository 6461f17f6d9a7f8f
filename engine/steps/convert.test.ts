// convert: every pair of formats that makes sense, and the real documents.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import Papa from 'papaparse';
import type { Format } from '../format/codecs.ts';
import { countryCodes, peppolDocuments } from '../format/testdata/shared-data.ts';
import { Payload } from '../payload/payload.ts';
import type { ConvertConfig } from './config.gen.ts';
import type { StepError } from './contract.ts';
import { convert } from './convert.ts';
import { messageOf, messageWith, passed } from './test-message.ts';

function converted(config: ConvertConfig, payload: Payload): Payload {
  const result = convert.compile(config)(messageWith(payload));
  assert.ok(!(result instanceof Promise), 'convert is synchronous');
  assert.equal(result.kind, 'pass');
  return (result as { message: { payload: Payload } }).message.payload;
}

function text(content: string, contentType: string): Payload {
  return Payload.ofBytes(Buffer.from(content), contentType);
}

const contents: Readonly<Record<Format, Payload>> = {
  json: text('[{"a":"1","b":"x"}]', 'application/json'),
  ndjson: text('{"a":"1","b":"x"}\n', 'application/x-ndjson'),
  xml: text('<?xml version="1.0" encoding="UTF-8"?>\n<a>1</a>', 'application/xml'),
  csv: text('a,b\n1,x\n', 'text/csv'),
  text: text('eA==', 'text/plain; charset=utf-8'),
  binary: text('x', 'application/octet-stream'),
  form: text('a=1&b=x', 'application/x-www-form-urlencoded'),
};

suite('pairs', () => {
  const records = ['json', 'ndjson', 'csv'] as const;
  for (const from of records) {
    for (const to of records) {
      test(`${from} → ${to}: a list of records stays one`, () => {
        const payload = converted({ from, to }, contents[from]);
        assert.equal(Buffer.from(payload.bytes()).toString(), Buffer.from(contents[to].bytes()).toString());
        assert.equal(payload.contentType, contents[to].contentType);
      });
    }
  }

  const cases: readonly (readonly [
    title: string,
    config: ConvertConfig,
    payload: Payload,
    expected: string,
  ])[] = [
    ['form → json', { from: 'form', to: 'json' }, contents.form, '{"a":"1","b":"x"}'],
    [
      'json → form',
      { from: 'json', to: 'form' },
      messageOf({ a: [1, true], b: 'x y&z', c: null }).payload,
      'a=1&a=true&b=x+y%26z&c=',
    ],
    ['xml → json', { from: 'xml', to: 'json' }, contents.xml, '{"a":"1"}'],
    [
      'json → xml',
      { from: 'json', to: 'xml' },
      messageOf({ a: '1' }).payload,
      '<?xml version="1.0" encoding="UTF-8"?>\n<a>1</a>',
    ],
    [
      'xml → xml, canonically',
      { from: 'xml', to: 'xml', xml: { declaration: false } },
      text('<a b = "1" ></a >', 'text/xml'),
      '<a b="1"/>',
    ],
    [
      'csv → xml',
      { from: 'csv', to: 'xml', xml: { root: 'rows', declaration: false } },
      contents.csv,
      '<rows><item><a>1</a><b>x</b></item></rows>',
    ],
    ['text → json is a JSON text', { from: 'text', to: 'json' }, text('a "b"', 'text/plain'), '"a \\"b\\""'],
    ['json → text is the text itself', { from: 'json', to: 'text' }, messageOf('a "b"').payload, 'a "b"'],
    [
      'json → text is JSON for anything else',
      { from: 'json', to: 'text' },
      messageOf({ a: 1 }).payload,
      '{"a":1}',
    ],
    ['binary → json is base64', { from: 'binary', to: 'json' }, contents.binary, '"eA=="'],
    ['json → binary is from base64', { from: 'json', to: 'binary' }, messageOf('eA==').payload, 'x'],
    ['binary → text is the same bytes', { from: 'binary', to: 'text' }, contents.text, 'eA=='],
    ['text → binary is the same bytes', { from: 'text', to: 'binary' }, contents.text, 'eA=='],
    [
      'XML inside a JSON text is read',
      { from: 'xml', to: 'json' },
      messageOf('<a>1</a>').payload,
      '{"a":"1"}',
    ],
    [
      'XML that says it is JSON is read',
      { from: 'xml', to: 'json' },
      text('<a>1</a>', 'application/json'),
      '{"a":"1"}',
    ],
    [
      'JSON that says it is bytes is read',
      { from: 'json', to: 'json' },
      text('{"a":1}', 'application/octet-stream'),
      '{"a":1}',
    ],
    ['the content type tells the format', { to: 'json' }, contents.csv, '[{"a":"1","b":"x"}]'],
    [
      'namespaces are stripped',
      { from: 'xml', to: 'json', namespaces: 'strip' },
      text('<x:a xmlns:x="u"/>', 'application/xml'),
      '{"a":""}',
    ],
    [
      'a dialect is read',
      { from: 'csv', to: 'json', csv: { delimiter: ';', types: { n: 'number' } } },
      text('n;s\n1;2\n', 'text/csv'),
      '[{"n":1,"s":"2"}]',
    ],
  ];
  for (const [title, config, payload, expected] of cases) {
    test(title, () => assert.equal(Buffer.from(converted(config, payload).bytes()).toString(), expected));
  }

  test('text is read in the charset of its content type', () => {
    const latin = Payload.ofBytes(Buffer.from('æ', 'latin1'), 'text/plain; charset="ISO-8859-1"');
    assert.equal(converted({ to: 'json' }, latin).value(), 'æ');
  });

  test('everything but the payload stays', async () => {
    const before = messageOf([1], { headers: { a: 'b' }, key: 'k' });
    const { payload: _, ...rest } = await passed(convert.compile({ from: 'json', to: 'ndjson' }), before);
    const { payload: __, ...expected } = before;
    assert.deepEqual(rest, expected);
  });
});

suite('failures are permanent and carry the code of the format', () => {
  const cases: readonly (readonly [config: ConvertConfig, payload: Payload, code: string])[] = [
    [{ from: 'json', to: 'xml' }, text('{"a":', 'application/json'), 'VRS8201'],
    [{ from: 'ndjson', to: 'json' }, text('{}\nx\n', 'application/x-ndjson'), 'VRS8201'],
    [{ from: 'text', to: 'json' }, Payload.ofBytes(Buffer.from([0xff]), 'text/plain'), 'VRS8202'],
    [{ from: 'json', to: 'csv' }, messageOf([1]).payload, 'VRS8203'],
    [{ from: 'json', to: 'form' }, messageOf({ a: { b: 1 } }).payload, 'VRS8203'],
    [{ from: 'json', to: 'binary' }, messageOf('no base64!').payload, 'VRS8203'],
    [{ from: 'xml', to: 'json' }, text('<a>', 'application/xml'), 'VRS8211'],
    [{ from: 'json', to: 'xml' }, messageOf([1, 2]).payload, 'VRS8212'],
    [{ from: 'csv', to: 'json' }, text('a,b\n1\n', 'text/csv'), 'VRS8213'],
    [{ to: 'json' }, contents.binary, 'VRS8226'],
  ];
  for (const [config, payload, code] of cases) {
    test(`${JSON.stringify(config)}: ${code}`, () =>
      assert.throws(
        () => converted(config, payload),
        (error: StepError) => error.name === 'StepError' && error.code === code && !error.retryable,
      ));
  }
});

suite('real documents', () => {
  test('every field of every Peppol document is as another parser reads it', (t) => {
    const documents = peppolDocuments();
    if (documents === undefined) return t.skip('shared documents not found: they lie beside the project');
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      parseTagValue: false,
      parseAttributeValue: false,
      removeNSPrefix: true,
      trimValues: false,
      ignoreDeclaration: true,
    });
    for (const [name, bytes] of documents) {
      const config: ConvertConfig = { from: 'xml', to: 'json', namespaces: 'strip' };
      const ours = converted(config, Payload.ofBytes(bytes, 'application/xml')).value();
      assert.deepEqual(ours, withoutLayout(parser.parse(bytes)), name);
    }
  });

  test('the country codes become JSON, NDJSON and XML, and CSV again', (t) => {
    const bytes = countryCodes();
    if (bytes === undefined) return t.skip('shared documents not found: they lie beside the project');
    const expected = Papa.parse(bytes.toString(), { header: true, skipEmptyLines: true }).data;
    const csv = Payload.ofBytes(bytes, 'text/csv');
    const json = converted({ from: 'csv', to: 'json' }, csv);
    assert.deepEqual(json.value(), expected);
    for (const to of ['ndjson', 'csv'] as const) {
      const there = converted({ from: 'json', to }, json);
      assert.deepEqual(converted({ to: 'json' }, there).value(), expected, to);
    }
  });
});

/** The other parser keeps white space between elements as #text, and namespaces as attributes. */
function withoutLayout(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLayout);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([name]) => name !== '@xmlns' && !/^@(?:cac|cbc|xsi|ext|qdt|udt|ccts)$/.test(name),
  );
  const hasChildren = members.some(([name]) => !name.startsWith('@') && name !== '#text');
  const kept = members.filter(
    ([name, one]) => !(name === '#text' && hasChildren && String(one).trim() === ''),
  );
  const [only] = kept;
  if (kept.length === 1 && only?.[0] === '#text') return only[1];
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutLayout(one)]));
}
