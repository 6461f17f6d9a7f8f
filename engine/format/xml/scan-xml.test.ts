// What is not well-formed is refused with its place; hostile documents cost nothing.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { FormatError } from '../format-error.ts';
import { parseXml } from './parse-xml.ts';

function refused(xml: string): FormatError {
  try {
    parseXml(xml);
  } catch (error) {
    return error as FormatError;
  }
  throw new Error(`was read: ${xml.slice(0, 200)}`);
}

suite('refused, with line and column', () => {
  const cases: readonly (readonly [xml: string, place: string, message: RegExp])[] = [
    ['', '1:1', /there is no element \(line 1, column 1, the end of the content\)/],
    ['<a>', '1:4', /<a> is never closed/],
    ['<a><b></a>', '1:7', /<\/a> where <\/b> is expected/],
    ['</a>', '1:1', /<\/a> closes nothing/],
    ['<a/><b/>', '1:5', /a second root element/],
    ['<a/>x', '1:5', /text outside the root element/],
    ['x<a/>', '1:1', /text outside the root element/],
    ['\u00a0<a/>', '1:1', /text outside the root element/],
    ['<a/><![CDATA[x]]>', '1:5', /text outside/],
    ['<a b="1" b="2"/>', '1:10', /attribute `b` twice/],
    ['<a b=1/>', '1:6', /the value of `b` needs quotes/],
    ['<a b/>', '1:5', /the attribute `b` has no value/],
    ['<a b="1"c="2"/>', '1:9', /a malformed tag <a>/],
    ['<a b="<"/>', '1:7', /`<` in an attribute/],
    ['<a>\n  <1/>\n</a>', '2:4', /"1" is not a name/],
    ['<a>\r\n<b>&nbsp;</b></a>', '2:4', /the entity `&nbsp;` is not one of/],
    ['<a>x\r\ny\r\n&</a>', '3:1', /a lone `&`/],
    ['<a>1 < 2</a>', '1:6', /an element name must follow/],
    ['<a>&#0;</a>', '1:4', /`&#0;` stands for no character/],
    ['<a>&#xD800;</a>', '1:4', /stands for no character/],
    ['<a>&#x110000;</a>', '1:4', /stands for no character/],
    ['<a>&#12x;</a>', '1:4', /stands for no character/],
    ['<a>\u0001</a>', '1:4', /a character that XML forbids/],
    ['<a>]]></a>', '1:4', /`\]\]>` in text/],
    ['<a><!-- x -- y --></a>', '1:11', /a comment must end/],
    ['<a><!-- x', '1:4', /a comment must end/],
    ['<a><![CDATA[x]]</a>', '1:4', /CDATA section is never closed/],
    ['<a', '1:3', /ends within the tag <a/],
    ['<a b="1', '1:8', /ends within the tag <a/],
    ['<a></a', '1:7', /ends within the tag <\//],
    ['<a><?x', '1:4', /instruction is never closed/],
    ['<a/><?xml version="1.0"?>', '1:5', /declaration must come first/],
    ['<?xml encoding="UTF-8"?><a/>', '1:1', /XML declaration is malformed/],
    ['<a><!ELEMENT b></a>', '1:4', /markup is unknown/],
    ['<×/>', '1:2', /"×" is not a name/],
  ];
  for (const [xml, place, message] of cases) {
    test(JSON.stringify(xml), () => {
      const error = refused(xml);
      assert.equal(error.code, 'VRS8211');
      assert.equal(`${error.line}:${error.column}`, place);
      assert.match(error.message, message);
    });
  }
});

suite('hostile documents', () => {
  test('entity bombs and external entities are refused with the declaration that brings them', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "${'&x;'.repeat(1000)}">]><a>&y;</a>`;
    assert.match(refused(bomb).message, /document type declarations are not accepted/);
    const external =
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    assert.deepEqual([refused(external).line, refused(external).column], [2, 1]);
  });

  test('100 MB of nesting is refused at once, wherever it stands', () => {
    const started = performance.now();
    assert.match(refused('<a>'.repeat(33_000_000)).message, /nested more than 500 deep/);
    assert.ok(performance.now() - started < 30_000);
  });

  test('attributes have a limit', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ` a${index}="1"`).join('');
    assert.match(refused(`<a${many}/>`).message, /more than 1000 attributes/);
  });

  test('long runs of almost anything take linear time', () => {
    const size = 2_000_000;
    const started = performance.now();
    for (const piece of [
      '<',
      '&',
      '&a',
      '>',
      ' ',
      '"',
      "'",
      '<!--',
      '<![CDATA[',
      ']]',
      '<a b="',
      '<?',
      '=',
      '\r',
      '<a ',
      ' a',
    ]) {
      refused(`<r>${piece.repeat(size / piece.length)}`);
      refused(`<r ${piece.repeat(size / piece.length)}`);
      refused(`<r x="${piece.repeat(size / piece.length)}`);
    }
    assert.ok(performance.now() - started < 30_000, `${performance.now() - started} ms`);
  });

  test('a long document is cut off anywhere and never read', () => {
    const xml = '<a x="1"><b>t&amp;</b><![CDATA[c]]><!-- d --><e/></a>';
    for (let end = 0; end < xml.length; end++) refused(xml.slice(0, end));
  });
});
