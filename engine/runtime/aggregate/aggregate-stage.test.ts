import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../payload/message.ts';
import { Payload } from '../../payload/payload.ts';
import { inboundMessage } from '../fake-broker.ts';
import { groupMessage } from './aggregate-stage.ts';

const group = (...ids: readonly string[]) =>
  groupMessage(
    ids.map((id) => ({
      inbound: inboundMessage('{}').message,
      message: { id, headers: { from: id }, payload: Payload.ofValue(id) } as unknown as Message,
    })),
  );

test('a group is the list of its payloads, and otherwise like its first message', () => {
  const { payload, headers } = group('a', 'b');
  assert.deepEqual([payload.value(), headers], [['a', 'b'], { from: 'a' }]);
});

test('the same members have the same id, others another one, also when they begin alike', () => {
  assert.equal(group('a', 'b').id, group('a', 'b').id);
  assert.match(group('a', 'b').id, /^a~[\w-]+$/);
  assert.equal(new Set([group('a'), group('a', 'b'), group('a', 'c')].map(({ id }) => id)).size, 3);
});
