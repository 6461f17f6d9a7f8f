import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFrame } from './code-frame.ts';
import { TextPositions } from './text-positions.ts';

/** The frame of what stands between `«` and `»`. */
function frame(marked: string, width?: number): readonly string[] {
  const start = marked.indexOf('«');
  const text = marked.replace('«', '').replace('»', '');
  const positions = new TextPositions(text);
  const range = positions.range(start, marked.indexOf('»') - 1);
  return codeFrame(positions, range, width === undefined ? {} : { width }).split('\n');
}

test('the line is shown with its number and a marker as wide as the place', () => {
  assert.deepEqual(frame('a: 1\n«bcd»: 2\n'), ['  |', '2 | bcd: 2', '  | ^^^']);
});

test('a place behind the end of the line gets a marker there', () => {
  assert.deepEqual(frame('a:«»\nb: 1'), ['  |', '1 | a:', '  |   ^']);
});

test('a place over several lines is marked to the end of its first', () => {
  assert.deepEqual(frame('a: «{ b:\n c }»'), ['  |', '1 | a: { b:', '  |    ^^^^']);
});

test('the marker stands right under tabs, wide characters and combining marks', () => {
  assert.deepEqual(frame('\t«x»'), ['  |', '1 |     x', '  |     ^']);
  assert.deepEqual(frame('日本: «語»x'), ['  |', '1 | 日本: 語x', '  |       ^^']);
  assert.deepEqual(frame('e\u0301: «x»'), ['  |', '1 | e\u0301: x', '  |    ^']);
  assert.deepEqual(frame('😀 «x»'), ['  |', '1 | 😀 x', '  |    ^']);
});

test('control characters and direction marks never reach the terminal', () => {
  assert.deepEqual(frame('a: \u001b[31m«x»\u202e'), ['  |', '1 | a: \ufffd[31mx\ufffd', '  |         ^']);
});

test('a long line is cut around the marker', () => {
  const [, line = '', marker = ''] = frame(`${'a'.repeat(500)}«XYZ»${'b'.repeat(500)}`, 40);
  assert.equal(line.length, '1 | '.length + 40);
  assert.match(line, /^1 \| …a+XYZb+…$/);
  assert.equal(line.slice(marker.indexOf('^'), marker.length), 'XYZ');
});

test('a marker that is longer than the width is cut with the line', () => {
  const [, line = '', marker = ''] = frame(`«${'x'.repeat(500)}»`, 20);
  assert.equal(line, `1 | ${'x'.repeat(18)}…`);
  assert.equal(marker, `  | ${'^'.repeat(18)}`);
});

test('a line of a megabyte costs no more than its neighbourhood', () => {
  const marked = `${'a'.repeat(500_000)}«X»${'b'.repeat(500_000)}`;
  const begin = performance.now();
  for (let time = 0; time < 100; time++) frame(marked);
  assert.ok(performance.now() - begin < 30_000);
  assert.match(frame(marked)[1] ?? '', /^1 \| …a+Xb+…$/);
});
