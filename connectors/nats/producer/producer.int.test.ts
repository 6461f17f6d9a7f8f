// What becomes of published messages: stored once, refused for good, or tried again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscardPolicy, jetstreamManager } from '@nats-io/jetstream';
import { createTestContext, testJsonMessage, testMessage } from '../../../engine/connector/conformance.ts';
import { PermanentError } from '../../../engine/connector/index.ts';
import { withServer } from '../../../engine/devserver/test-server.ts';
import { kinds, openProducer, openTestConnection, reason } from '../testdata/nats.ts';

test('a retry is stored once; the same message on another subject, or with other content, is stored too', async (t) => {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'OUT', subjects: ['out.>'] });
  const toA = await openProducer(t, { servers: server.url, subject: 'out.a', jetstream: true });
  const toB = await openProducer(t, { servers: server.url, subject: 'out.b', jetstream: true });
  const message = testMessage('one', { id: 'm-1' });
  for (const outcomes of [await toA(message), await toA(message), await toB(message)])
    assert.deepEqual(kinds(outcomes), ['delivered']);
  assert.deepEqual(kinds(await toA(testMessage('two', { id: 'm-1' }))), ['delivered']);
  const { state } = await manager.streams.info('OUT', { subjects_filter: '>' });
  assert.deepEqual(state.subjects, { 'out.a': 2, 'out.b': 1 });
});

test('messages carry their content type and the headers that the author wrote', async (t) => {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const seen = connection.subscribe('out', { max: 1 });
  await connection.flush();
  const headers = { 'x-country': '{{ country }}' };
  const write = await openProducer(t, { servers: server.url, subject: 'out', headers });
  await write(testJsonMessage({ country: 'Åland' }, { headers: { authorization: 'secret' } }));
  for await (const message of seen) {
    assert.deepEqual(message.json(), { country: 'Åland' });
    assert.equal(message.headers?.get('Content-Type'), 'application/json');
    assert.equal(message.headers?.get('x-country'), 'Åland');
    assert.equal(message.headers?.get('authorization'), '');
  }
});

test('what can never be stored is refused, what may be later is tried again', async (t) => {
  const server = await withServer(t);
  const manager = await jetstreamManager(await openTestConnection(t, server.url));
  await manager.streams.add({ name: 'SMALL', subjects: ['small'], max_msg_size: 200 });
  await manager.streams.add({ name: 'FULL', subjects: ['full'], max_msgs: 1, discard: DiscardPolicy.New });
  const write = await openProducer(t, { servers: server.url, subject: '{{ $key }}', jetstream: true });
  const outcomes = await write(
    testMessage('fits', { key: 'full' }),
    testMessage('x'.repeat(500), { key: 'small' }),
    testMessage('one more', { key: 'full' }),
    testMessage('nobody', { key: 'nowhere' }),
    testMessage('a', { key: 'small', headers: {} }),
    testMessage('x'.repeat(9_000_000), { key: 'small' }),
  );
  assert.deepEqual(kinds(outcomes), ['delivered', 'rejected', 'retry', 'retry', 'delivered', 'rejected']);
  assert.match(reason(outcomes[2]), /full: maximum messages exceeded/);
  assert.match(reason(outcomes[3]), /no stream holds the subject nowhere/);
});

test('a subject that the credentials do not cover is refused for good, though the server stays silent', async (t) => {
  const config =
    'authorization { users: [{ user: u, password: p, permissions: { publish: ["ok.>", "$JS.API.>"] } }] }';
  const server = await withServer(t, { config });
  for (const jetstream of [false, true]) {
    const access = { servers: server.url, user: 'u', password: 'p' };
    const write = await openProducer(t, { ...access, subject: '{{ $key }}', jetstream });
    const outcomes = await write(testMessage('1', { key: 'ok.a' }), testMessage('2', { key: 'no.a' }));
    assert.deepEqual(kinds(outcomes), [jetstream ? 'retry' : 'delivered', 'rejected'], reason(outcomes[1]));
    assert.match(reason(outcomes[1]), /may not publish to no\.a|Permissions Violation/);
  }
});

test('a message of which headers or subject cannot be made is refused, alone', async (t) => {
  const server = await withServer(t);
  const headers = { 'x-a': '{{ a }}' };
  const write = await openProducer(t, { servers: server.url, subject: 'out.{{ b }}', headers });
  const outcomes = await write(
    testJsonMessage({ a: 'x', b: 'y' }),
    testJsonMessage({ a: 'x\r\nNats-Msg-Id: forged', b: 'y' }),
    testJsonMessage({ a: 'x' }),
    testJsonMessage({ a: 'x', b: '>' }),
  );
  assert.deepEqual(kinds(outcomes), ['delivered', 'rejected', 'rejected', 'rejected']);
});

test('refused credentials keep the messages waiting, and addresses give none away', async (t) => {
  const server = await withServer(t, { config: 'authorization { token: right }' });
  const context = createTestContext();
  const write = await openProducer(t, { servers: server.url, token: 'wrong', subject: 'out' }, context);
  await assert.rejects(write(testMessage('x')), (error: Error) => error.name === 'NotConnectedError');
  const leaky = { servers: 'nats://u:s3cret@127.0.0.1:4222', subject: 'out' };
  const { connector } = await import('../connector.ts');
  await assert.rejects(connector.check?.('producer', leaky, context) ?? Promise.resolve(), (error: Error) => {
    assert.ok(error instanceof PermanentError);
    assert.ok(!error.message.includes('s3cret'));
    return true;
  });
});

test('thousands of messages are stored in their order', async (t) => {
  const server = await withServer(t);
  const connection = await openTestConnection(t, server.url);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'OUT', subjects: ['out'] });
  const write = await openProducer(t, { servers: server.url, subject: 'out', jetstream: true });
  for (let start = 0; start < 2560; start += 256) {
    const batch = Array.from({ length: 256 }, (_, index) => testMessage(String(start + index)));
    assert.ok((await write(...batch)).every(({ kind }) => kind === 'delivered'));
  }
  const consumer = await manager.jetstream().consumers.get('OUT');
  let expected = 0;
  for await (const message of await consumer.fetch({ max_messages: 2560, expires: 60_000 }))
    assert.equal(message.string(), String(expected++));
  assert.equal(expected, 2560);
});
