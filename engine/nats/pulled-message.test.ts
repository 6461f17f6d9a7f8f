import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAckSubject } from './pulled-message.ts';

test('both forms of the acknowledgement subject are read', () => {
  const expected = { deliveries: 2, streamSequence: 17, storedAtMs: 1_700_000_000_000, pending: 3 };
  assert.deepEqual(parseAckSubject('$JS.ACK.FLOWS.orders_in.2.17.5.1700000000000000000.3'), expected);
  assert.deepEqual(
    parseAckSubject('$JS.ACK._.ACCHASH.FLOWS.orders_in.2.17.5.1700000000000000000.3.token'),
    expected,
  );
});
