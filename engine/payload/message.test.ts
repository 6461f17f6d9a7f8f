// Messages are never changed; expressions see them by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acceptedId,
  expressionBindings,
  type Message,
  markedId,
  originalId,
  withHeaders,
  withPayload,
} from './message.ts';
import { Payload } from './payload.ts';

const message: Message = {
  id: 'm1',
  payload: Payload.ofValue({ a: 1 }),
  headers: { 'x-a': '1' },
  key: undefined,
  acceptedAt: 1_700_000_000_000,
  flow: 'orders',
  attempt: 2,
};

test('expressions see id, flow, key, headers, attempt and the time of acceptance', () => {
  assert.deepEqual(
    { ...expressionBindings(message) },
    {
      headers: { 'x-a': '1' },
      key: undefined,
      id: 'm1',
      flow: 'orders',
      accepted: '2023-11-14T22:13:20.000Z',
      attempt: 2,
    },
  );
});

test('a changed message is a new one', () => {
  const payload = Payload.ofValue(1);
  assert.deepEqual(withPayload(message, payload), { ...message, payload });
  assert.deepEqual(withHeaders(message, {}), { ...message, headers: {} });
  assert.deepEqual(message.headers, { 'x-a': '1' });
  assert.deepEqual(message.payload.value(), { a: 1 });
});

test('what was made of an accepted message still says of which', () => {
  const id = markedId(`${markedId('m1', 'left')}.0`, 'more-left');
  assert.equal(id, 'm1~left.0~more-left');
  assert.deepEqual([originalId(id), acceptedId(id)], ['m1.0', 'm1']);
  assert.deepEqual([originalId('m1.0'), acceptedId('m1.0'), acceptedId('m1')], ['m1.0', 'm1', 'm1']);
});

test('expressions see the same id in every copy', () => {
  assert.equal(expressionBindings({ ...message, id: 'm1~left.3' }).id, 'm1.3');
});

test('marks stay short however many there are, and differ all the same', () => {
  const marked = (...marks: readonly string[]) => marks.reduce(markedId, 'm1.0');
  const many = Array.from({ length: 100 }, (_, index) => `step-${index}`);
  const ids = [marked(...many), marked(...many, 'left'), marked(...many, 'right'), marked('x'.repeat(63))];
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.ok(id.length <= 'm1.0'.length + 64, id);
    assert.equal(originalId(id), 'm1.0');
  }
  assert.equal(marked('left', 'right'), 'm1.0~left~right');
});
