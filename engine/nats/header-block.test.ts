import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg } from '@nats-io/nats-core';
import { MsgHdrsImpl, MsgImpl } from '@nats-io/nats-core/internal';
import { decodedHeaders, encodedHeaders } from './header-block.ts';

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

test('headers are read as the client itself would read them', () => {
  const lines = [
    'Vrsky-Id: a1',
    'x-empty:',
    'x-twice: one',
    'x-twice: two',
    'x-note:  grüße: 日本 ',
    'no colon',
  ];
  const head = Buffer.from(`NATS/1.0\r\n${lines.join('\r\n')}\r\n\r\n`);
  const message = received(Buffer.concat([head, Buffer.from('payload: 1\r\n\r\n')]), head.length);
  const own = [...(message.headers ?? [])].flatMap(([name, values]) => values.map((value) => [name, value]));
  assert.deepEqual(decodedHeaders(message), own);
  assert.equal(own.length, 5);
});

test('a message without headers has none, whatever its payload looks like', () => {
  assert.deepEqual(decodedHeaders(received(Buffer.from('NATS/1.0\r\na: b\r\n\r\n'), -1)), []);
});

/** As the client makes it of what came over the wire. */
function received(data: Buffer, headerLength: number): Msg {
  const subject = Buffer.from('a');
  return new MsgImpl({ subject, sid: 1, hdr: headerLength, size: data.length }, data, {} as never) as Msg;
}
