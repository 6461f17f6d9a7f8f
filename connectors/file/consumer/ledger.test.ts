// What a cursor remembers, and what it costs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './ledger.ts';

const fingerprint = (index: number) => String(index).padStart(11, '0');

test('a cursor brings back what was taken, left and begun', () => {
  const ledger = new Ledger(undefined);
  ledger.take(fingerprint(1));
  ledger.leave(fingerprint(2));
  ledger.takeRecords(fingerprint(3), 7);
  const again = new Ledger(JSON.parse(JSON.stringify(ledger.cursor())));
  assert.equal(again.stateOf(fingerprint(1)), 'taken');
  assert.equal(again.stateOf(fingerprint(2)), 'left');
  assert.equal(again.stateOf(fingerprint(3)), 'open');
  assert.equal(again.recordsOf(fingerprint(3)), 7);
  assert.deepEqual(new Ledger(undefined).cursor(), {});
});

test('what is forgotten is in no later cursor', () => {
  const ledger = new Ledger(undefined);
  ledger.take(fingerprint(1));
  ledger.take(fingerprint(2));
  ledger.forget(fingerprint(1));
  assert.deepEqual(ledger.cursor(), { taken: fingerprint(2) });
});

test('forty thousand files fit into one bucket entry, a cursor for each takes no time, then it is full', () => {
  const ledger = new Ledger(undefined);
  const began = process.cpuUsage();
  let cursor = {};
  for (let index = 0; index < 40_000; index++) {
    assert.equal(ledger.isFull, false);
    ledger.take(fingerprint(index));
    cursor = ledger.cursor();
  }
  // Written anew for each, all of them take half a minute.
  assert.ok(process.cpuUsage(began).user < 10e6);
  assert.ok(JSON.stringify(cursor).length < 500_000);
  assert.equal(ledger.isFull, true);
  ledger.prune(new Set([fingerprint(5)]));
  assert.equal(ledger.isFull, false);
  assert.deepEqual(ledger.cursor(), { taken: fingerprint(5) });
});

test('a cursor of another shape is no reason to stop', () => {
  for (const cursor of [null, 'text', [], 7, { last: 5 }]) assert.deepEqual(new Ledger(cursor).cursor(), {});
});
