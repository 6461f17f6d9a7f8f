// Records of large XML documents, cut at every possible place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormatError } from '../format-error.ts';
import { type XmlRecordOptions, xmlRecords } from './xml-records.ts';

async function read(text: string | Uint8Array, options: XmlRecordOptions = {}, size = 1): Promise<unknown[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const chunks = Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const records: unknown[] = [];
  for await (const record of xmlRecords(chunks, options)) records.push(record);
  return records;
}

const document = `<?xml version="1.0"?><!-- <a> --><list>
  <a id="1 > 0">x<b/></a><!-- </list> --><a id='2'><![CDATA[</a>]]></a>
  <?note </list> ?><c/>
</list>`;

test('every child of the root is a record, wherever chunks end', async () => {
  const whole = await read(document, {}, document.length);
  assert.deepEqual(whole, [
    { a: { '@id': '1 > 0', '#text': 'x', b: '' } },
    { a: { '@id': '2', '#text': '</a>' } },
    { c: '' },
  ]);
  for (let size = 1; size < 40; size++) assert.deepEqual(await read(document, {}, size), whole, String(size));
});

test('records are the elements of a name, with or without prefix, at any depth', async () => {
  const text = '<r><g><x:line n="1"/></g><g><line n="2"><line n="3"/></line></g></r>';
  assert.deepEqual(await read(text, { element: 'line', namespaces: 'strip' }), [
    { line: { '@n': '1' } },
    { line: { '@n': '2', line: { '@n': '3' } } },
  ]);
});

test('other encodings are read as declared', async () => {
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r><a>\u00e9</a></r>', 'latin1');
  assert.deepEqual(await read(latin, {}, latin.byteLength), [{ a: 'é' }]);
  const wide = Buffer.from('\ufeff<r><a>é</a></r>', 'utf16le');
  assert.deepEqual(await read(wide, {}, wide.byteLength), [{ a: 'é' }]);
});

for (const [what, text] of Object.entries({
  'an element that is not closed': '<r><a></a>',
  'an element closed twice': '<r><a></a></a></r>',
  'a second root': '<r/><r/>',
  nothing: '  ',
  'a tag cut short': '<r></r><a',
  'a document type': '<!DOCTYPE r [<!ENTITY a "b">]><r><a>&a;</a></r>',
  'a record that is not well-formed': '<r><a b=c/></r>',
}))
  test(`${what} is refused`, async () => {
    await assert.rejects(read(text), (error) => error instanceof FormatError && error.code === 'VRS8211');
  });

test('the records before a mistake come first, and the mistake names its record', async () => {
  const seen: unknown[] = [];
  const reading = async () => {
    for await (const record of xmlRecords([Buffer.from('<r><a>1</a><a>&x;</a></r>')])) seen.push(record);
  };
  await assert.rejects(reading(), /Record 2: /);
  assert.deepEqual(seen, [{ a: '1' }]);
});
