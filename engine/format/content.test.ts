// What becomes of bytes and values by content type.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeContent, encodeContent, isJsonType } from './content.ts';
import type { FormatError } from './format-error.ts';

const bytes = (text: string) => Buffer.from(text);

test('JSON types are decoded, text types become strings, everything else stays bytes', () => {
  for (const type of [
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/cloudevents+json',
    'text/json',
  ]) {
    assert.deepEqual(decodeContent(bytes('{"a":1}'), type), { a: 1 }, type);
    assert.equal(isJsonType(type), true, type);
  }
  const texts = ['text/plain', 'text/csv', 'application/xml', 'application/soap+xml', 'application/x-ndjson'];
  for (const type of [...texts, 'application/x-www-form-urlencoded']) {
    assert.equal(decodeContent(bytes('{"a":1}'), type), '{"a":1}', type);
  }
  const content = bytes('{"a":1}');
  for (const type of ['application/octet-stream', 'image/png', 'nonsense', '']) {
    assert.equal(decodeContent(content, type), content, type);
  }
});

test('a byte order mark is no part of the content', () => {
  assert.deepEqual(decodeContent(bytes('\ufeff[1]'), 'application/json'), [1]);
  assert.equal(decodeContent(bytes('\ufeffx'), 'text/plain'), 'x');
});

suite('what is malformed is refused with its place', () => {
  test('JSON names line, column and what stands there', () => {
    assert.throws(
      () => decodeContent(bytes('{\n  "total": 1O0\n}'), 'application/json'),
      (error: FormatError) => {
        assert.deepEqual([error.code, error.line, error.column], ['VRS8201', 2, 12]);
        assert.match(error.message, /expected a value \(line 2, column 12, at "1O0"\)/);
        return true;
      },
    );
  });

  test('the excerpt is short: payloads may be secret', () => {
    assert.throws(
      () => decodeContent(bytes(`{"a": x${'secret'.repeat(50)}}`), 'application/json'),
      (error: FormatError) => error.message.length < 150,
    );
  });

  test('bytes that are not UTF-8 are never replaced silently', () => {
    const latin = Buffer.from('"blå"', 'latin1');
    assert.throws(() => decodeContent(latin, 'application/json'), { code: 'VRS8202' });
    assert.throws(() => decodeContent(latin, 'text/plain'), { code: 'VRS8202' });
  });
});

test('a member called __proto__ is data and changes no other object', () => {
  const value = decodeContent(bytes('{"__proto__":{"polluted":1},"a":1}'), 'application/json') as object;
  assert.deepEqual(Object.keys(value), ['__proto__', 'a']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal(
    Buffer.from(encodeContent(value, 'application/json')).toString(),
    '{"__proto__":{"polluted":1},"a":1}',
  );
});

suite('encoding', () => {
  test('strings and bytes are written as they are, except where the type is JSON', () => {
    const content = new Uint8Array([0, 255]);
    assert.equal(encodeContent(content, 'image/png'), content);
    assert.equal(Buffer.from(encodeContent('blå', 'text/plain')).toString(), 'blå');
    assert.equal(Buffer.from(encodeContent('blå', 'application/json')).toString(), '"blå"');
    assert.equal(Buffer.from(encodeContent([1], 'text/plain')).toString(), '[1]');
  });

  test('what JSON cannot hold is refused', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [undefined, () => 1, 1n, circle, new Uint8Array(1)]) {
      assert.throws(() => encodeContent(value, 'application/json'), { code: 'VRS8203' });
    }
  });
});

test('content types from outside are not remembered without end', () => {
  const content = bytes('x');
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 30_000; index++) decodeContent(content, `x/${index}${'y'.repeat(5_000)};a=`);
  // Kept, they would be 150 MB.
  assert.ok(process.memoryUsage().heapUsed - before < 75e6);
});
