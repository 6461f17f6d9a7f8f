import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledFlow } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { FakePublisher, fakeBroker } from './fake-broker.ts';
import { sendAndFollow, TraceTree } from './follow-message.ts';
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

test('what is sent is stored as a consumer would have: copies that may meet again under ids of their own', async () => {
  const stages = ['left', 'right', 'aside'].map((stage) => ({
    ...{ stage, subject: `flow.f.${stage}` },
    ...(stage === 'aside' ? {} : { copy: true as const }),
  }));
  const flow = { name: 'f', consumers: [{ name: 'in', stages }] } as unknown as CompiledFlow;
  const message = { id: 'm', headers: {}, payload: Payload.ofValue(1), acceptedAt: 0 } as unknown as Message;
  const publisher = new FakePublisher();
  const { broker } = fakeBroker(publisher);
  assert.equal(await sendAndFollow(broker, flow, message, { timeoutMs: 1, onEvent: () => undefined }), false);
  assert.deepEqual(
    publisher.published.map(({ headers }) => headers['Vrsky-Id']),
    ['m~left', 'm~right', 'm'],
  );
});
