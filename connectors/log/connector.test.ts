// The log connector behaves as every connector must, and its lines stay lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connectorConformance,
  createTestContext,
  type ProducerSink,
  testJsonMessage,
  testMessage,
} from '../../engine/connector/conformance.ts';
import { logText, type Message, Payload, type WriteOutcome } from '../../engine/connector/index.ts';
import type { LogProducerConfig } from './config.gen.ts';
import { connector } from './connector.ts';

let lines: string[] = [];

// The suite makes the context, so a line can be seen from here only through the messages that are delivered.
connectorConformance<never, LogProducerConfig>(
  { ...connector, producer: (config, context) => recorded(config, context) },
  {
    producer: {
      accepts: [
        { name: 'print', type: 'log' },
        { name: 'print', type: 'log', level: 'warn', message: 'invoice {{ id }}' },
      ],
      rejects: {
        'an unknown level': { name: 'print', type: 'log', level: 'loud' },
        'an unknown field': { name: 'print', type: 'log', text: 'x' },
      },
      start: startLog,
    },
  },
);

function recorded(config: LogProducerConfig, context: Parameters<NonNullable<typeof connector.producer>>[1]) {
  const log: typeof context.log = (level, message, fields) => {
    lines.push(logText(message));
    context.log(level, message, fields);
  };
  const producer = connector.producer?.(config, { ...context, log });
  assert.ok(producer);
  return producer;
}

function startLog(): Promise<ProducerSink<LogProducerConfig>> {
  lines = [];
  return Promise.resolve({ config: {}, received: () => lines, close: () => Promise.resolve() });
}

async function logged(config: LogProducerConfig, ...messages: readonly Message[]) {
  const context = createTestContext();
  const producer = await connector.producer?.(config, context);
  const outcomes: readonly WriteOutcome[] = (await producer?.write(messages, context.signal)) ?? [];
  return { logs: context.logs, outcomes };
}

test('a line has the level, the text of the template and the id of the message', async () => {
  const message = testJsonMessage({ id: 7 }, { id: 'm-1' });
  const { logs } = await logged({ level: 'warn', message: 'invoice {{ id }} for {{ $flow }}' }, message);
  assert.deepEqual(logs, [{ level: 'warn', message: 'invoice 7 for test-flow', fields: { id: 'm-1' } }]);
});

test('without a template the beginning of the payload is shown', async () => {
  const { logs } = await logged({}, testMessage('short'), testMessage('æ'.repeat(400)));
  assert.equal(logs[0]?.message, 'short');
  assert.equal(logs[1]?.message, `${'æ'.repeat(256)}… (800 bytes)`);
});

test('a message can neither forge a line nor act upon a terminal', async () => {
  const evil = 'a\nERROR forged\u001b[31m\u0000\u202e';
  const { logs } = await logged({ message: '{{ $ }}' }, testMessage(evil));
  assert.equal(logs[0]?.message, 'a\\nERROR forged\\u001b[31m\\u0000\\u202e');
  const plain = await logged({}, testMessage('a\r\n\tb\u009b'));
  assert.equal(plain.logs[0]?.message, 'a\\r\\n\\tb\\u009b');
});

test('bytes that are no text are not shown', async () => {
  const message = testMessage('', { payload: Payload.ofBytes(Buffer.from([1, 0, 2]), 'image/png') });
  assert.equal((await logged({}, message)).logs[0]?.message, 'image/png, 3 bytes');
});

test('a message that the template cannot be made of is refused for good, alone', async () => {
  const { outcomes, logs } = await logged(
    { message: '{{ id }}' },
    testJsonMessage({ id: 1 }),
    testJsonMessage({}),
    testJsonMessage({ id: 3 }),
  );
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['delivered', 'rejected', 'delivered'],
  );
  assert.equal(logs.length, 2);
});

test('a template that is none is refused before anything is logged', () => {
  assert.throws(() => connector.producer?.({ message: '{{ oops' }, createTestContext()));
});
