// Bytes to text by encoding name and byte order mark.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, decodeUtf8, markedEncoding } from './decode-text.ts';

test('the encodings of the real world are read by name', () => {
  const cases: readonly (readonly [encoding: string, bytes: Uint8Array])[] = [
    ['utf-8', Buffer.from('blå')],
    ['UTF8', Buffer.from('\ufeffblå')],
    ['ISO-8859-1', Buffer.from('blå', 'latin1')],
    ['latin1', Buffer.from('blå', 'latin1')],
    ['windows-1252', Buffer.from('blå', 'latin1')],
    ['utf-16le', Buffer.from('\ufeffblå', 'utf16le')],
    ['utf-16be', Buffer.from('blå', 'utf16le').swap16()],
  ];
  for (const [encoding, bytes] of cases) assert.equal(decodeText(bytes, encoding), 'blå', encoding);
});

test('a part of a larger buffer is read, not the buffer', () => {
  const part = Buffer.from('xxblåxx', 'latin1').subarray(2, 5);
  assert.equal(decodeText(part, 'latin1'), 'blå');
  assert.equal(decodeUtf8(Buffer.from('xxblåxx').subarray(2, 6)), 'blå');
});

test('bytes that do not fit and names nobody knows are refused', () => {
  assert.throws(() => decodeText(Buffer.from([0xff]), 'utf-8'), { code: 'VRS8202' });
  assert.throws(() => decodeText(Buffer.from('x'), 'ebcdic-∞'), { code: 'VRS8202', message: /"ebcdic-∞"/ });
  // The front half of a character at the very end.
  assert.throws(() => decodeUtf8(Buffer.from('blå').subarray(0, 3)), { code: 'VRS8202' });
});

test('byte order marks name their encoding', () => {
  assert.equal(markedEncoding(Buffer.from('\ufeffx')), 'utf-8');
  assert.equal(markedEncoding(Buffer.from('\ufeffx', 'utf16le')), 'utf-16le');
  assert.equal(markedEncoding(Buffer.from('\ufeffx', 'utf16le').swap16()), 'utf-16be');
  assert.equal(markedEncoding(Buffer.from('x')), undefined);
  assert.equal(markedEncoding(new Uint8Array(0)), undefined);
});
