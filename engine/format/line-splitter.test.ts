// Lines do not depend on how the bytes were cut into chunks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from './line-splitter.ts';
import { random } from './testdata/random.ts';

function linesOf(chunks: readonly Uint8Array[], maxBytes = 1000): readonly string[] {
  const splitter = new LineSplitter({ maxBytes, code: 'VRS8201' });
  const lines = chunks.flatMap((chunk) => [...splitter.push(chunk)].map(String));
  const last = splitter.end();
  return last === undefined ? lines : [...lines, String(last)];
}

test('a line ends with LF; the last one may end with nothing', () => {
  assert.deepEqual(linesOf([Buffer.from('a\n\nb\r\nc')]), ['a', '', 'b\r', 'c']);
  assert.deepEqual(linesOf([Buffer.from('a\n')]), ['a']);
  assert.deepEqual(linesOf([]), []);
});

test('any cut gives the same lines', () => {
  const bytes = Buffer.from('æøå\n\n{"a":"blåbær"}\nend of it');
  const expected = linesOf([bytes]);
  for (let seed = 0; seed < 200; seed++) {
    const dice = random(seed);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + dice.int(7);
      chunks.push(bytes.subarray(at, end));
      at = end;
    }
    assert.deepEqual(linesOf(chunks), expected, `seed ${seed}`);
  }
});

test('a line that is too long is refused with its number, before it is all there', () => {
  const chunk = Buffer.alloc(600, 'x');
  const expected = { code: 'VRS8201', line: 2, message: 'Line 2 is longer than 1000 bytes' };
  assert.throws(() => linesOf([Buffer.from('a\n'), chunk, chunk]), expected);
  assert.throws(
    () => linesOf([Buffer.concat([Buffer.from('a\n'), chunk, chunk, Buffer.from('\n')])]),
    expected,
  );
});
