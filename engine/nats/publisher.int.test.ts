import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stage } from '../compile/program.ts';
import { withServer } from '../devserver/test-server.ts';
import { deadLetterOf } from '../runtime/dead-letter.ts';
import type { Inbound } from '../runtime/ports.ts';
import { StageFailure } from '../runtime/stage-failure.ts';
import { connectTest, flowsStream } from './test-broker.ts';

const body = Buffer.from('{"id":1}');

test('a message is confirmed when it is stored, and the same id is stored once', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  for (const _try of [1, 2])
    await broker.publisher.publish('flow.orders.in', body, [['Vrsky-Id', 'a']], 'id-1');
  assert.deepEqual(await cluster.messagesBySubject('FLOWS', 'flow.>'), { 'flow.orders.in': 1 });
  const stored = await cluster.nextMessage('FLOWS', 'flow.>', 1);
  assert.deepEqual(stored?.headers, [
    ['Vrsky-Id', 'a'],
    ['Nats-Msg-Id', 'id-1'],
  ]);
});

test('each way of not storing has its code', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream({ ...flowsStream, maxMessagesPerSubject: 2 });
  const codeOf = (subject: string, data: Uint8Array, headers: readonly (readonly [string, string])[] = []) =>
    broker.publisher.publish(subject, data, headers).then(
      () => 'stored',
      (error: { readonly code: string }) => error.code,
    );
  assert.deepEqual(
    [await codeOf('flow.a.b', body), await codeOf('flow.a.b', body), await codeOf('flow.a.b', body)],
    ['stored', 'stored', 'VRS8101'],
  );
  assert.equal(await codeOf('flow.other.b', body), 'stored', 'only the full subject refuses');
  assert.equal(await codeOf('flow.a.c', Buffer.alloc(9 * 1024 * 1024)), 'VRS8103');
  assert.equal(await codeOf('flow.a.c', body, [['X', 'a\r\nNats-Msg-Id: forged']]), 'VRS8105');
});

test('what a stage gets leaves room among the headers for the cause of a dead letter', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  await cluster.createStream({ ...flowsStream, name: 'DEAD', subjects: ['dead.>'] });
  const large = 'ä'.repeat(28_600);
  await broker.publisher.publish('flow.a.b', body, [['X-Large', large]], 'id');
  const inbound = await cluster.nextMessage('FLOWS', 'flow.>', 1);
  await assert.rejects(
    broker.publisher.publish('flow.a.c', body, [['X-Large', `${large}${'a'.repeat(150)}`]], 'id'),
    {
      code: 'VRS8103',
      retryable: false,
      message: 'a message for flow.a.c has 57390 bytes of headers, 57344 may be stored',
    },
  );
  const letter = deadLetterOf({
    inbound: {
      subject: 'flow.a.b',
      data: body,
      streamSequence: 1,
      storedAtMs: 1,
      eachHeader: (visit: (name: string, value: string) => void) => {
        for (const [name, value] of inbound?.headers ?? []) visit(name, value);
      },
    } as unknown as Inbound,
    flow: 'a',
    stage: { name: 'b' } as Stage,
    failure: new StageFailure('out', new Error('\ud83d\ude00\u0000'.repeat(3000)), false),
    because: 'permanent',
    attempts: 1,
    now: new Date(),
    redact: (text) => text,
  });
  await broker.publisher.publish(letter.subject, letter.data, letter.headers, letter.messageId);
  assert.deepEqual(await cluster.messagesBySubject('DEAD', '>'), { 'dead.a.b': 1 });
});

test('thousands at once are stored in the order they were sent', async (t) => {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  await cluster.createStream(flowsStream);
  const count = 10_000;
  for (let index = 0; index < count; index++) {
    // With ids: what a busy machine answers late is sent again, and stored once.
    broker.publisher.send('flow.orders.in', Buffer.from(String(index)), [], `n${index}`, (error) =>
      assert.equal(error, undefined),
    );
  }
  await broker.publisher.flush();
  const last = await cluster.nextMessage('FLOWS', 'flow.>', count);
  assert.equal(Buffer.from(last?.data ?? []).toString(), String(count - 1));
});

test('what was unacknowledged when the server was killed is stored once after it is back', async (t) => {
  const server = await withServer(t);
  const { broker, cluster } = await connectTest(t, server.url);
  await cluster.createStream(flowsStream);
  const count = 5_000;
  const done = Array.from({ length: count }, (_, index) =>
    broker.publisher.publish('flow.orders.in', body, [], `id-${index}`),
  );
  await done[500];
  await server.killAndRestart();
  await Promise.all(done);
  assert.deepEqual(await cluster.messagesBySubject('FLOWS', 'flow.>'), { 'flow.orders.in': count });
});
