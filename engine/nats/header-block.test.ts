import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { encodedHeaders } from './header-block.ts';

const block = (pairs: readonly (readonly [string, string])[]) =>
  Buffer.from((encodedHeaders(pairs) as unknown as { encode(): Uint8Array }).encode());

test('the block is what the client itself would write', () => {
  const pairs = [
    ['Vrsky-Id', 'a1'],
    ['Content-Type', 'application/json'],
    ['x-note', 'grüße, 日本'],
  ] as const;
  const own = new MsgHdrsImpl();
  for (const [name, value] of pairs) own.append(name, value);
  assert.equal(block(pairs).toString(), Buffer.from(own.encode()).toString());
});

test('a line break in a name or value is refused: it would forge a header', () => {
  assert.throws(() => block([['a', 'b\r\nNats-Msg-Id: x']]), { code: 'VRS8105' });
  assert.throws(() => block([['a\nb', 'c']]), { code: 'VRS8105' });
});
