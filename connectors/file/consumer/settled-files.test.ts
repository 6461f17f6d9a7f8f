// When a file counts as settled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundFile } from './found-file.ts';
import { SettledFiles } from './settled-files.ts';

const file = (name: string, identity: string): FoundFile => ({
  name,
  identity,
  version: identity,
  fingerprint: identity,
  size: 0,
  modifiedMs: 0,
});

test('a file is settled once it has looked the same for the settle time', () => {
  const settled = new SettledFiles(500);
  const names = (files: readonly FoundFile[], nowMs: number) =>
    settled.observe(files, nowMs).map(({ name }) => name);
  assert.deepEqual(names([file('a', '1')], 0), []);
  assert.deepEqual(names([file('a', '1'), file('b', '1')], 300), []);
  assert.deepEqual(names([file('a', '1'), file('b', '2')], 500), ['a']);
  assert.deepEqual(names([file('a', '2'), file('b', '2')], 900), []);
  assert.deepEqual(names([file('b', '2')], 1000), ['b']);
  assert.deepEqual(names([file('a', '2'), file('b', '2')], 1300), ['b'], 'one that was gone starts anew');
});

test('the next look is due when the first of the others may have settled', () => {
  const settled = new SettledFiles(500);
  const files = [file('a', '1'), file('b', '1')];
  settled.observe(files.slice(0, 1), 0);
  settled.observe(files, 200);
  assert.equal(settled.nextDueMs(files, 200), 500);
  assert.equal(settled.nextDueMs(files, 500), 700);
  assert.equal(settled.nextDueMs(files, 700), undefined);
});
