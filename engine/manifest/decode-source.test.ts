import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSource } from './decode-source.ts';

const decode = (...parts: readonly (string | readonly number[])[]) =>
  decodeSource('a.yaml', Buffer.concat(parts.map((part) => Buffer.from(part as string))));

const placed = ({ diagnostics }: ReturnType<typeof decode>) =>
  diagnostics.map(({ code, range: { start } }) => `${start.line}:${start.column} ${code}`);

test('UTF-8 is read with and without a byte order mark', () => {
  assert.equal(decode('a: ü').value?.text, 'a: ü');
  assert.equal(decode([0xef, 0xbb, 0xbf], 'a: ü').value?.text, 'a: ü');
});

test('the first byte that is not UTF-8 is named with its place', () => {
  const result = decode([0xef, 0xbb, 0xbf], 'ü: 1\nb: ', [0xfc], 'x');
  assert.deepEqual(placed(result), ['2:4 VRS1003']);
  assert.match(result.diagnostics[0]?.message ?? '', /^Byte 0xFC at offset 12 /);
});

test('a truncated character, an overlong form and a surrogate are not UTF-8', () => {
  for (const bytes of [
    [0xe2, 0x82],
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
  ])
    assert.deepEqual(placed(decode('a: ', bytes)), ['1:4 VRS1003']);
});

test('the replacement character itself is UTF-8', () => {
  assert.equal(decode('a: \ufffd').value?.text, 'a: \ufffd');
});

test('UTF-16 is recognised', () => {
  const [diagnostic] = decode([0xff, 0xfe, 0x61, 0x00]).diagnostics;
  assert.equal(diagnostic?.code, 'VRS1003');
  assert.match(diagnostic?.help ?? '', /UTF-16/);
});

test('NUL and other control characters are refused at their place, tabs and line breaks are fine', () => {
  assert.deepEqual(placed(decode('a: 1\nb:\0 2')), ['2:3 VRS1004']);
  assert.deepEqual(placed(decode('a: \u001b')), ['1:4 VRS1004']);
  assert.deepEqual(placed(decode('a:\t1\r\n# \u0085 😀')), []);
});

test('a file over the limit is refused without being read', () => {
  const { diagnostics } = decodeSource('a.yaml', Buffer.alloc(11, 'x'), 10);
  assert.deepEqual(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    ['VRS1005 The file has 11B; a manifest may have 10B'],
  );
});
