// Bytes as base64, both ways and strictly.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromBase64, toBase64 } from './base64.ts';
import { random } from './testdata/random.ts';

test('any bytes come back', () => {
  const dice = random(3);
  for (let length = 0; length < 200; length++) {
    const bytes = Buffer.from(Array.from({ length }, () => dice.int(256)));
    assert.deepEqual(Buffer.from(fromBase64(toBase64(bytes))), bytes);
  }
});

test('a part of a larger buffer is written, not the buffer', () => {
  assert.equal(toBase64(Buffer.from('xxabcxx').subarray(2, 5)), 'YWJj');
});

test('the variant for addresses, no padding and line breaks are read', () => {
  const bytes = Buffer.from([0xfb, 0xff, 0xfe, 1]);
  for (const text of ['+//+AQ==', '-__-AQ', '+//+\r\nAQ==\n'])
    assert.deepEqual(Buffer.from(fromBase64(text)), bytes);
});

test('bytes stay what they are', () => {
  const bytes = new Uint8Array([1, 2]);
  assert.equal(fromBase64(bytes), bytes);
});

suite('what is no base64 is refused', () => {
  for (const value of ['a', 'abcde', 'ab=c', 'a+b_', 'blå', '====', 'YWJj===', 7, null, { a: 1 }]) {
    test(JSON.stringify(value), () => assert.throws(() => fromBase64(value), { code: 'VRS8203' }));
  }
});
