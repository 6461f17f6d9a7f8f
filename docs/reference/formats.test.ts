// The page about formats shows what the formats really do: every block of content with the value below it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseCsv } from '../../engine/format/csv/parse-csv.ts';
import { formatXml } from '../../engine/format/xml/format-xml.ts';
import { parseXml } from '../../engine/format/xml/parse-xml.ts';
import type { XmlOptions } from '../../engine/format/xml/xml-options.ts';

const page = readFileSync(path.join(import.meta.dirname, 'formats.md'), 'utf8');
const blocks = [...page.matchAll(/^```(xml|csv|json)(?: (\{.*\}))?\n([\s\S]*?)\n```$/gm)];

let content = { kind: '', text: '' };
for (const [, kind = '', options = '{}', text = ''] of blocks) {
  if (kind !== 'json') {
    content = { kind, text };
    continue;
  }
  const { kind: from, text: source } = content;
  test(`${from} ${options} gives what the page shows: ${source.slice(0, 30)}`, () => {
    const xml = JSON.parse(options) as XmlOptions;
    const value = from === 'xml' ? parseXml(source, xml) : parseCsv(Buffer.from(source));
    assert.deepEqual(value, JSON.parse(text));
    if (from === 'xml') assert.deepEqual(parseXml(formatXml(value, xml), xml), value);
  });
}

test('the page shows both forms of XML, and CSV', () =>
  assert.ok(blocks.length >= 7, `${blocks.length} blocks`));
