import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextPositions } from './text-positions.ts';

test('an offset becomes a 1-based line and column', () => {
  const positions = new TextPositions('ab\ncd\r\n\nef');
  const found = [0, 2, 3, 7, 8, 10].map((offset) => positions.position(offset));
  assert.deepEqual(
    found.map(({ line, column }) => `${line}:${column}`),
    ['1:1', '1:3', '2:1', '3:1', '4:1', '4:3'],
  );
});

test('offsets outside the text are clamped to it', () => {
  const positions = new TextPositions('ab');
  assert.deepEqual([positions.position(-5).offset, positions.position(99).offset], [0, 2]);
});

test('a line comes without its line break, and is empty when there is none', () => {
  const positions = new TextPositions('ab\r\ncd');
  assert.deepEqual(
    [1, 2, 3, 0].map((line) => positions.line(line)),
    ['ab', 'cd', '', ''],
  );
});
