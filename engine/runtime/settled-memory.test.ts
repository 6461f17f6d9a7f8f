import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettledMemory } from './settled-memory.ts';

test('each stage has its own, and the time of the newest message with a sequence counts', () => {
  const memory = new SettledMemory();
  const [a, b] = [memory.enter(), memory.enter()];
  memory.note(a, 1, 100.5);
  memory.note(b, 1, 200.5);
  memory.note(a, 1, 300.5);
  assert.equal(memory.storedAtMs(a, 1), 300.5);
  assert.equal(memory.storedAtMs(b, 1), 200.5);
  assert.equal(memory.storedAtMs(b, 2), undefined);
});

test('the last 32,768 are known however many stages there are, and none of long ago', () => {
  const memory = new SettledMemory();
  const stages = Array.from({ length: 1000 }, () => memory.enter());
  const total = 200_000;
  const place = (index: number) => [stages[index % 1000] as number, 1 + Math.floor(index / 1000)] as const;
  for (let index = 0; index < total; index++) memory.note(...place(index), index + 0.25);
  for (let index = total - 32_768; index < total; index++)
    assert.equal(memory.storedAtMs(...place(index)), index + 0.25);
  for (let index = 0; index < total - 65_536; index++)
    assert.equal(memory.storedAtMs(...place(index)), undefined);
});

test('sequences beyond 32 bits are told apart', () => {
  const memory = new SettledMemory();
  const stage = memory.enter();
  memory.note(stage, 2 ** 32 + 7, 1);
  assert.equal(memory.storedAtMs(stage, 7), undefined);
  assert.equal(memory.storedAtMs(stage, 2 ** 32 + 7), 1);
});
