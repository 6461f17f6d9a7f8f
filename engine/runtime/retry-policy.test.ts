import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './retry-policy.ts';
import { StageFailure } from './stage-failure.ts';

const policy = { attempts: 3, backoff: { initialMs: 1000, factor: 2, maxMs: 5000 }, deadlineMs: 60_000 };
const middle = () => 0.5;
const tried = (attempt: number, failure: StageFailure, nowMs = 0) => ({
  failure,
  attempt,
  startedAtMs: 0,
  nowMs,
});
const passing = (details = {}) => new StageFailure('out', new Error('busy'), true, details);

test('a permanent failure is a dead letter at once', () => {
  const failure = new StageFailure('map', new Error('no such field'), false);
  assert.deepEqual(judge(policy, tried(1, failure), middle), { kind: 'dead', because: 'permanent' });
});

test('waits grow by the factor, up to the maximum', () => {
  const waits = [1, 2, 3, 4].map((attempt) =>
    judge({ ...policy, attempts: 9 }, tried(attempt, passing()), middle),
  );
  assert.deepEqual(
    waits,
    [1000, 2000, 4000, 5000].map((delayMs) => ({ kind: 'retry', delayMs })),
  );
});

test('attempts run out', () => {
  assert.deepEqual(judge(policy, tried(3, passing()), middle), { kind: 'dead', because: 'attempts' });
});

test('a wait that the other side asked for is kept', () => {
  assert.deepEqual(judge(policy, tried(1, passing({ afterMs: 9000 })), middle), {
    kind: 'retry',
    delayMs: 9000,
  });
});

test('no wait goes past the deadline, and then it is over', () => {
  assert.deepEqual(judge(policy, tried(1, passing(), 59_800), middle), { kind: 'retry', delayMs: 200 });
  assert.deepEqual(judge(policy, tried(1, passing(), 60_000), middle), { kind: 'dead', because: 'deadline' });
});

test('a shortage of the platform itself burns no attempts', () => {
  assert.equal(judge(policy, tried(50, passing({ platform: true })), middle).kind, 'retry');
});
