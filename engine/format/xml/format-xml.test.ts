// Values as XML, and the round trip: nothing gets lost.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { FormatError } from '../format-error.ts';
import { random } from '../testdata/random.ts';
import { randomXml } from '../testdata/random-xml.ts';
import { readWithSecondParser, type SecondElement } from '../testdata/second-xml-parser.ts';
import { peppolDocuments } from '../testdata/shared-data.ts';
import { formatXml } from './format-xml.ts';
import { parseXml } from './parse-xml.ts';
import type { XmlOptions } from './xml-options.ts';

function written(value: unknown, options: XmlOptions = {}): string {
  return Buffer.from(formatXml(value, { declaration: false, ...options })).toString();
}

suite('writing', () => {
  const cases: readonly (readonly [title: string, value: unknown, xml: string, options?: XmlOptions])[] = [
    [
      'members become elements, lists repeat them',
      { a: { b: ['1', 2, true], c: null } },
      '<a><b>1</b><b>2</b><b>true</b><c/></a>',
    ],
    ['attributes and text come from their keys', { a: { '@x': '1', '#text': 't' } }, '<a x="1">t</a>'],
    [
      'marks are escaped',
      { a: { '@x': '<"&\n', '#text': ']]>&\r' } },
      '<a x="&lt;&quot;&amp;&#10;">]]&gt;&amp;&#13;</a>',
    ],
    [
      'a root is put around on request',
      [1, 2],
      '<list><item>1</item><item>2</item></list>',
      { root: 'list' },
    ],
    ['a list of one is a root too', { a: ['1'] }, '<a>1</a>'],
    [
      'lines are indented on request',
      { a: { b: ['1', '2'], c: { d: '' } } },
      '<a>\n  <b>1</b>\n  <b>2</b>\n  <c>\n    <d/>\n  </c>\n</a>\n',
      { indent: true },
    ],
    [
      'mixed content is never indented',
      { a: { '#text': 'x', b: '1' } },
      '<a>x<b>1</b></a>\n',
      { indent: true },
    ],
    ['empty lists and undefined leave nothing', { a: { b: [], c: undefined } }, '<a/>'],
    [
      'the ordered form is recognised',
      {
        '#name': 'p',
        '@x': '1',
        '#children': ['a', { '#name': 'b' }, { '#comment': 'c' }, { '#instruction': 'd e' }],
      },
      '<p x="1">a<b/><!--c--><?d e?></p>',
    ],
  ];
  for (const [title, value, xml, options] of cases)
    test(title, () => assert.equal(written(value, options), xml));

  test('the declaration names the encoding', () => {
    assert.equal(
      Buffer.from(formatXml({ a: 'æ' })).toString(),
      '<?xml version="1.0" encoding="UTF-8"?>\n<a>æ</a>',
    );
  });
});

suite('what XML cannot hold is refused', () => {
  const cases: readonly (readonly [value: unknown, message: RegExp])[] = [
    [{ a: 1, b: 2 }, /one root element/],
    [{}, /one root element/],
    ['text', /one root element/],
    [{ a: [1, 2] }, /one root element/],
    [{ 'a b': 1 }, /"a b" is not a name/],
    [{ a: { '1': 1 } }, /"1" is not a name/],
    [{ a: 'x\u0000' }, /`a` holds the character U\+0000/],
    [{ a: '\ud800' }, /`a` holds the character U\+D800/],
    [{ a: { '@b': { c: 1 } } }, /`@b` holds an object/],
    [{ a: { '@b c': '1' } }, /"b c" is not a name/],
    [{ '#name': 'a', '#children': [{ b: 1 }] }, /has no `#name`/],
    [{ '#name': 'a', '#children': [{ '#comment': '-->' }] }, /a comment holds/],
    [{ '#name': 'a', '#children': [{ '#instruction': 'x ?><evil/>' }] }, /holds `\?>`/],
    [{ a: new Uint8Array(3) }, /`a` holds an object/],
  ];
  for (const [value, message] of cases) {
    test(`${JSON.stringify(value)}`, () =>
      assert.throws(
        () => formatXml(value),
        (error: FormatError) => error.code === 'VRS8212' && message.test(error.message),
      ));
  }

  test('depth has a limit, without a stack overflow', () => {
    let value: unknown = '1';
    for (let depth = 0; depth < 100_000; depth++) value = { a: value };
    assert.throws(() => formatXml(value), { code: 'VRS8212' });
  });
});

/** Without layout: white space between elements. */
function withoutLayout(node: SecondElement): SecondElement {
  const hasElements = node.children.some((child) => typeof child !== 'string');
  const children = node.children
    .filter((child) => !(hasElements && typeof child === 'string' && child.trim() === ''))
    .map((child) => (typeof child === 'string' ? child : withoutLayout(child)));
  return { ...node, children };
}

function reread(xml: string, options: XmlOptions): SecondElement {
  const again = readWithSecondParser(Buffer.from(formatXml(parseXml(xml, options), options)).toString());
  assert.notEqual(again, undefined, `not well-formed: ${xml}`);
  return again as SecondElement;
}

suite('round trips, as a second parser sees them', () => {
  test('Peppol documents come back with every element, attribute and text, also through JSON', (t) => {
    const documents = peppolDocuments();
    if (documents === undefined) return t.skip('shared documents not found: they lie beside the project');
    for (const [name, bytes] of documents) {
      const original = readWithSecondParser(bytes.toString()) as SecondElement;
      const value = JSON.parse(JSON.stringify(parseXml(bytes)));
      for (const indent of [false, true]) {
        const back = readWithSecondParser(
          Buffer.from(formatXml(value, { indent })).toString(),
        ) as SecondElement;
        assert.deepEqual(withoutLayout(back), withoutLayout(original), name);
      }
      assert.deepEqual(reread(bytes.toString(), { order: 'keep' }), original, name);
    }
  });

  test('the plain form loses nothing of data', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const xml = randomXml(random(seed), false);
      const original = withoutLayout(readWithSecondParser(xml) as SecondElement);
      assert.deepEqual(withoutLayout(reread(xml, {})), original, `seed ${seed}: ${xml}`);
    }
  });

  test('the ordered form loses nothing at all', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const xml = randomXml(random(seed), true);
      assert.deepEqual(reread(xml, { order: 'keep' }), readWithSecondParser(xml), `seed ${seed}: ${xml}`);
    }
  });

  test('values come back: value → XML → value', () => {
    const value = {
      order: {
        '@id': '7',
        line: [
          { sku: 'a', note: ' <b> & "c" ' },
          { sku: '', note: '\n' },
        ],
        total: '007.50',
      },
    };
    assert.deepEqual(parseXml(formatXml(value)), value);
    assert.deepEqual(parseXml(formatXml(value, { indent: true })), value);
  });
});
