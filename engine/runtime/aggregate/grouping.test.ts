import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../payload/message.ts';
import { Payload } from '../../payload/payload.ts';
import { inboundMessage } from '../fake-broker.ts';
import { FakeClock } from '../fake-clock.ts';
import { Grouping, type GroupRules, type Member } from './grouping.ts';

const { signal } = new AbortController();

function gathering(rules: Omit<GroupRules, 'timeoutMs'> & { readonly timeoutMs?: number }) {
  const clock = new FakeClock();
  const began = clock.now();
  const complete: (readonly unknown[])[] = [];
  const grouping = new Grouping<Member>({ timeoutMs: 1000, ...rules }, clock, signal, (members) =>
    complete.push(members.map(({ message }) => message.payload.value())),
  );
  const add = (key: string, value: unknown, storedAfterMs = 0, pending = 0) => {
    const inbound = { ...inboundMessage('{}').message, storedAtMs: began + storedAfterMs, pending };
    const message = { payload: Payload.ofValue(value) } as unknown as Message;
    return grouping.add(key, { inbound, message });
  };
  return { clock, complete, add, grouping };
}

test('a group is complete with its count', () => {
  const { complete, add } = gathering({ count: 2 });
  add('a', 1);
  add('b', 2);
  add('a', 3);
  assert.deepEqual(complete, [[1, 3]]);
});

test('a group is complete when its condition holds', async () => {
  const { complete, add } = gathering({ isComplete: async (payloads) => payloads.at(-1) === 'end' });
  await add('a', 'begin');
  await add('a', 'end');
  assert.deepEqual(complete, [['begin', 'end']]);
});

test('a group goes when its time is over, counted from its first message', async () => {
  const { clock, complete, add } = gathering({});
  add('a', 1, 0);
  await clock.advance(600);
  add('a', 2, 600);
  await clock.advance(390);
  assert.deepEqual(complete, []);
  await clock.advance(20);
  assert.deepEqual(complete, [[1, 2]]);
});

test('a message stored after the time of its group begins the next one', () => {
  const { complete, add } = gathering({});
  add('a', 1, 0);
  add('a', 2, 1001);
  assert.deepEqual(complete, [[1]]);
});

test('after a stop the same messages form the same groups, however late they are read', async () => {
  const { clock, complete, add } = gathering({});
  await clock.advance(60_000);
  add('a', 1, 0, 2);
  await clock.advance(100);
  add('a', 2, 900, 1);
  await clock.advance(100);
  add('a', 3, 1100, 0);
  await clock.advance(1000);
  assert.deepEqual(complete, [[1, 2], [3]]);
});

test('what waits in open groups can be taken out', () => {
  const { grouping, add } = gathering({ count: 3 });
  add('a', 1);
  add('b', 2);
  assert.equal(grouping.takeOpen().length, 2);
  assert.equal(grouping.takeOpen().length, 0);
});
