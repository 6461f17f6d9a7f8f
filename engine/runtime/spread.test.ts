import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Spread } from './spread.ts';

/** Stores for `shop` and `archive`, of which those in `full` refuse. */
function stores(full: ReadonlySet<string>) {
  const spread = new Spread(['archive', 'shop']);
  const stored: string[] = [];
  const store = async (target: string) => {
    if (full.has(target)) throw new Error(`${target} is full`);
    stored.push(target);
  };
  return { spread, stored, store };
}

test('what is stored for one target is not stored for it again', async () => {
  const full = new Set(['shop']);
  const { spread, stored, store } = stores(full);
  const left = spread.begin();
  assert.equal(spread.isBegun(left), false);
  await assert.rejects(spread.store(left, store), /shop is full/);
  assert.deepEqual([[...left], spread.isBegun(left)], [['shop'], true]);
  full.clear();
  await spread.store(left, store);
  assert.deepEqual(stored, ['archive', 'shop']);
});

test('while a target has no room nothing is stored for the others', async () => {
  const full = new Set(['shop']);
  const { spread, stored, store } = stores(full);
  await assert.rejects(spread.store(spread.begin(), store));
  const left = spread.begin();
  await assert.rejects(spread.store(left, store));
  assert.equal(spread.isBegun(left), false);
  assert.deepEqual(stored, ['archive']);
});
