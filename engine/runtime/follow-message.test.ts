import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceTree } from './follow-message.ts';
import type { TraceEvent, TraceOutcome } from './trace.ts';

const settled = (published: number): TraceOutcome => ({
  kind: 'settled',
  delivered: [],
  filtered: [],
  published,
});
const event = (token: string, parent: string | undefined, outcome: TraceOutcome): TraceEvent => ({
  token,
  ...(parent === undefined ? {} : { parent }),
  flow: 'f',
  stage: 's',
  messageId: 'm',
  outcome,
  sinceAcceptedMs: 1,
  attempt: 1,
});

test('all is settled when every descendant is, in whatever order the events come', () => {
  const tree = new TraceTree(1);
  assert.equal(tree.add(event('c1', 'root', settled(0))), false);
  assert.equal(tree.add(event('root', undefined, settled(2))), false);
  assert.equal(tree.add(event('g1', 'c2', settled(0))), false);
  assert.equal(tree.add(event('c2', 'root', settled(1))), true);
});

test('a retry settles nothing, a dead letter does', () => {
  const tree = new TraceTree(1);
  assert.equal(
    tree.add(event('root', undefined, { kind: 'retry', node: 'n', error: 'e', delayMs: 1 })),
    false,
  );
  assert.equal(
    tree.add(
      event('root', undefined, { kind: 'dead', node: 'n', code: 'c', error: 'e', because: 'attempts' }),
    ),
    true,
  );
});

test('a message that reports twice after a redelivery counts once', () => {
  const tree = new TraceTree(2);
  tree.add(event('a', undefined, settled(0)));
  assert.equal(tree.add(event('a', undefined, settled(0))), false);
  assert.equal(tree.add(event('b', undefined, settled(0))), true);
});
