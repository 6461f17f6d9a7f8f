import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { deliveryIds } from './delivery-id.ts';

const message: Message = {
  id: 'order-7',
  payload: Payload.ofValue({ total: 1 }),
  headers: {},
  key: undefined,
  acceptedAt: 1_700_000_000_000,
  flow: 'orders',
  attempt: 1,
};
const other = { ...message, payload: Payload.ofValue({ total: 2 }) };

test('a delivery is named by its message, whatever the steps made of it this time', () => {
  const idOf = deliveryIds({});
  assert.equal(idOf(message), 'order-7');
  assert.equal(idOf({ ...other, attempt: 2 }), 'order-7');
});

test('copies are told apart by what is in them', () => {
  const idOf = deliveryIds({ copies: true });
  assert.match(idOf(message), /^order-7\/.+/);
  assert.notEqual(idOf(other), idOf(message));
  assert.equal(idOf({ ...message, attempt: 2 }), idOf(message));
});

test('what is too large to hold is told apart by where it lies, and is not read for that', () => {
  const content = { size: 1e9, open: () => assert.fail('not to be read') };
  const at = (key: string) => {
    const reference = { store: '_disk', key, size: 1e9, contentType: 'text/csv', sha256: '', expiresAt: 0 };
    return { ...message, payload: Payload.ofContent(content, 'text/csv', reference) };
  };
  const idOf = deliveryIds({ copies: true });
  assert.equal(idOf(at('a/1')), idOf(at('a/1')));
  assert.notEqual(idOf(at('a/1')), idOf(at('a/2')));
});
