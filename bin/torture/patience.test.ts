// What counts as time, and what does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patience } from './patience.ts';

function patient(ms: number) {
  const time = { now: 1000, waitedMs: 500 };
  const patience = new Patience(ms, { now: () => time.now, waitedMs: () => time.waitedMs });
  return {
    patience,
    pass: (passed: number, waited = 0) => {
      time.now += passed;
      time.waitedMs += waited;
    },
  };
}

test('time in which a process could run counts', () => {
  const { patience, pass } = patient(300);
  pass(200);
  assert.equal(patience.isOver(), false);
  pass(101);
  assert.equal(patience.isOver(), true);
});

test('time in which it waited for a processor does not', () => {
  const { patience, pass } = patient(300);
  for (let count = 0; count < 10; count++) {
    pass(1000, 980);
    assert.equal(patience.isOver(), false, String(count));
  }
  pass(1000, 890);
  assert.equal(patience.isOver(), true);
});

test('what another process has waited is nothing that this one has', () => {
  const { patience, pass } = patient(300);
  pass(100, -450);
  assert.equal(patience.isOver(), false);
  pass(201);
  assert.equal(patience.isOver(), true);
});
