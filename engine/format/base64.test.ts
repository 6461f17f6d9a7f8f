// Bytes as text and back, and what is no base64.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64, toBase64 } from './base64.ts';

test('every length comes back, also from base64url and over several lines', () => {
  for (let length = 0; length < 20; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => 250 - index * 37);
    const text = toBase64(bytes);
    for (const variant of [
      text,
      text.replace(/=+$/, ''),
      text.replaceAll('+', '-').replaceAll('/', '_'),
      `${text.slice(0, 5)}\r\n${text.slice(5)}`,
    ])
      assert.deepEqual(new Uint8Array(fromBase64(variant)), bytes, variant);
  }
  assert.deepEqual(fromBase64(new Uint8Array([1])), new Uint8Array([1]));
});

test('what is not base64 is refused instead of skipped', () => {
  for (const value of ['a', 'abc!', 'ab=c', 'ab===', 'a+_b', 1, null, {}, undefined])
    assert.throws(() => fromBase64(value), { code: 'VRS8203' }, String(value));
});
