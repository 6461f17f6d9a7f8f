import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frame } from '../connector/nats-wire/frame.ts';

import { PulledMessage, type Settling } from './pulled-message.ts';

const pulled = (reply: string) => {
  const bytes = Buffer.from(reply);
  const frame = new Frame(bytes, 0, 0, 0, bytes.length, bytes.length, bytes.length, bytes.length);
  return new PulledMessage(frame, 0, 0, {} as Settling);
};

test('both forms of the acknowledgement subject are read', () => {
  for (const reply of [
    '$JS.ACK.FLOWS.orders_in.2.17.5.1700000000000000000.3',
    '$JS.ACK._.ACCHASH.FLOWS.orders_in.2.17.5.1700000000000000000.3.token',
  ]) {
    const { deliveries, streamSequence, storedAtMs, pending } = pulled(reply);
    const expected = { deliveries: 2, streamSequence: 17, storedAtMs: 1_700_000_000_000, pending: 3 };
    assert.deepEqual({ deliveries, streamSequence, storedAtMs, pending }, expected);
  }
});

test('when a message was stored is the number that its nanoseconds are nearest to', () => {
  for (const nanoseconds of [
    '1',
    '999999999',
    '1000000001',
    '1764187654321987654',
    '1764187654999999999',
    '1764187655000000129',
    '4102444800123456789',
  ])
    assert.equal(
      pulled(`$JS.ACK.S.C.1.1.1.${nanoseconds}.0`).storedAtMs,
      Number(nanoseconds) / 1_000_000,
      nanoseconds,
    );
});
