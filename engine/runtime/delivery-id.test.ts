import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { deliveryIds } from './delivery-id.ts';

const message: Message = {
  id: 'order/7 å',
  payload: Payload.ofValue({ total: 1 }),
  headers: {},
  key: undefined,
  acceptedAt: 1_700_000_000_000,
  flow: 'orders',
  attempt: 1,
};
const other = { ...message, payload: Payload.ofValue({ total: 2 }) };

test('a retry has the same name, whatever the steps made of the message this time', () => {
  const idOf = deliveryIds('orders', { name: 'out' });
  assert.equal(idOf({ ...other, attempt: 2 }), idOf(message));
  assert.match(idOf(message), /^orders\/out\/[\x21-\x7e]+$/);
});

test('other producers, other messages and an id that is given again have other names', () => {
  const idOf = deliveryIds('orders', { name: 'out' });
  const names = [
    idOf(message),
    idOf({ ...message, id: 'order/8' }),
    idOf({ ...message, acceptedAt: message.acceptedAt + 1 }),
    deliveryIds('orders', { name: 'copy' })(message),
    deliveryIds('returns', { name: 'out' })(message),
  ];
  assert.equal(new Set(names).size, names.length);
});

test('copies are told apart by what is in them', () => {
  const idOf = deliveryIds('orders', { name: 'out', copies: true });
  assert.notEqual(idOf(other), idOf(message));
  assert.equal(idOf({ ...message, attempt: 2 }), idOf(message));
});
