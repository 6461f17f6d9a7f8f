import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind, Parser } from '@nats-io/nats-core/internal';
import type { Frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';

const own = 7;

/** What the client's parser says that it read, and what the listener of subscription 7 was handed, in one order. */
function read(chunks: readonly Uint8Array[], listens = true): readonly string[] {
  const seen: string[] = [];
  const client = new Parser({
    push: ({ kind, msg, data }: never) => seen.push(described(kind, msg, data)),
  } as never);
  const reader = new FrameReader(client, (subscription) =>
    listens && subscription === own
      ? ({ subject, reply, headers, data }) =>
          seen.push(JSON.stringify([subject, reply, headers, data.toString()]))
      : undefined,
  );
  for (const chunk of chunks) reader.parse(chunk);
  return seen;
}

interface ClientMessage {
  readonly subject: Uint8Array;
  readonly reply?: Uint8Array;
  readonly hdr: number;
}

function described(kind: number, message: ClientMessage, data: Uint8Array | undefined): string {
  const text = Buffer.from(data ?? []).toString();
  if (kind !== Kind.MSG) return `${kind} ${text}`;
  const headers = Math.max(0, message.hdr);
  const parts = [
    message.subject,
    message.reply ?? [],
    data?.subarray(0, headers) ?? [],
    data?.subarray(headers) ?? [],
  ];
  return JSON.stringify(parts.map((part) => Buffer.from(part).toString()));
}

const commands = [
  'INFO {"server_id":"a"}\r\n',
  'PONG\r\n',
  'MSG orders.new 7 5\r\nhello\r\n',
  'MSG orders.new 7 _INBOX.a.1 0\r\n\r\n',
  'MSG orders.new 8 _INBOX.a.1 3\r\n\r\nx\r\n',
  'PING\r\n',
  'HMSG grüße.new 7 $JS.ACK.S.C.1.2.3.4.5 22 27\r\nNATS/1.0\r\nx: grün\r\n\r\n\r\nMSG\r\n',
  'HMSG orders.new 7 12 12\r\nNATS/1.0\r\n\r\n\r\n',
  '+OK\r\n',
  `MSG orders.new 7 ${'9'.repeat(4)}\r\n${'é'.repeat(4999)}.\r\n`,
  '-ERR \'Permissions Violation for Publish to "a"\'\r\n',
  'MSG orders.last 7 2\r\nok\r\n',
].join('');

test('what is read is what the client itself reads, however the bytes are cut', () => {
  const bytes = Buffer.from(commands);
  const expected = read([bytes], false);
  assert.equal(expected.length, 12);
  for (const length of [1, 2, 3, 5, 17, 64, 1000, bytes.length]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += length) chunks.push(bytes.subarray(at, at + length));
    assert.deepEqual(read(chunks), expected, `${length} bytes at a time`);
    assert.deepEqual(read(chunks, false), expected, `${length} bytes at a time, by the client`);
  }
});

test('an end of a subject is read as a number, and nothing else is', () => {
  const numbers: (number | undefined)[] = [];
  const reader = new FrameReader({ parse: () => assert.fail('not for the client') }, () => (frame: Frame) => {
    numbers.push(frame.numberAfter('_INBOX.a.'.length));
  });
  for (const end of ['0', '42', '123456789012345', '', 'x1', '1.2', '1234567890123456'])
    reader.parse(Buffer.from(`MSG _INBOX.a.${end} 1 0\r\n\r\n`));
  assert.deepEqual(numbers, [0, 42, 123_456_789_012_345, undefined, undefined, undefined, undefined]);
});

test('a status is no message', () => {
  const statuses: unknown[] = [];
  const reader = new FrameReader(
    { parse: () => undefined },
    () => (frame: Frame) => statuses.push(frame.status),
  );
  const head = 'NATS/1.0 409 Batch Completed\r\nNats-Pending-Messages: 0\r\n\r\n';
  reader.parse(Buffer.from(`HMSG a 1 ${head.length} ${head.length}\r\n${head}\r\n`));
  reader.parse(Buffer.from('HMSG a 1 12 12\r\nNATS/1.0\r\n\r\n\r\n'));
  reader.parse(Buffer.from('MSG a 1 0\r\n\r\n'));
  assert.deepEqual(statuses, [{ code: 409, description: 'Batch Completed' }, undefined, undefined]);
});

test('what no server sends ends the connection', () => {
  for (const line of [
    'MSG a\r\n',
    'MSG a b 1 2 3\r\n',
    'MSG a x 1\r\n',
    'MSG a 1 -1\r\n',
    'HMSG a 1 9 3\r\n',
  ])
    assert.throws(() => read([Buffer.from(line)]), /no command/, line);
});
