import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker } from './breaker.ts';

test('a breaker opens after so many failures in a row, not before', () => {
  const breaker = new Breaker({ failures: 2, probeMs: 1 });
  assert.equal(breaker.failed(), false);
  breaker.answered();
  assert.equal(breaker.failed(), false);
  assert.equal(breaker.failed(), true);
  assert.equal(breaker.state, 'open');
});

test('a probe that fails opens it again, one that is answered closes it', () => {
  const breaker = new Breaker({ failures: 1, probeMs: 1 });
  breaker.failed();
  breaker.probe();
  assert.equal(breaker.failed(), false);
  assert.equal(breaker.state, 'open');
  breaker.probe();
  assert.equal(breaker.answered(), true);
  assert.equal(breaker.state, 'closed');
});

test('zero failures turn it off', () => {
  const breaker = new Breaker({ failures: 0, probeMs: 1 });
  for (let n = 0; n < 1000; n++) assert.equal(breaker.failed(), false);
  assert.equal(breaker.state, 'closed');
});
