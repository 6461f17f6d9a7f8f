import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { withServer } from '../../devserver/test-server.ts';
import { wireOf } from './wire.ts';

async function open(t: TestContext, url: string) {
  const connection = await connect({ servers: url, reconnectTimeWait: 50, maxReconnectAttempts: -1 });
  t.after(() => connection.close());
  return connection;
}

/** To a server, over something that may stop reading what it is sent, and keep new connections waiting. */
async function slowWayTo(t: TestContext, port: number) {
  const near: Socket[] = [];
  const waiting: Socket[] = [];
  let isStopped = false;
  const bridge = (socket: Socket) => {
    const far = dial(port, '127.0.0.1');
    near.push(socket);
    socket.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => socket.destroy()).pipe(socket);
  };
  const way = createServer((socket) => {
    if (isStopped) waiting.push(socket);
    else bridge(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => way.close());
  await once(way, 'listening');
  return {
    url: `nats://127.0.0.1:${(way.address() as AddressInfo).port}`,
    stop: () => {
      isStopped = true;
      for (const socket of near) socket.pause();
    },
    goOn: () => {
      isStopped = false;
      for (const socket of near) socket.resume();
      for (const socket of waiting.splice(0)) bridge(socket);
    },
    cut: () => near.splice(0).forEach((socket) => void socket.destroy()),
    /** Resolves when somebody was kept waiting. */
    asked: async () => {
      while (waiting.length === 0) await delay(5);
    },
  };
}

/** Collects what is listened to, as text, until there are `count`. */
function collected(count: number) {
  const all = Promise.withResolvers<readonly string[]>();
  const seen: string[] = [];
  const add = (text: string) => {
    seen.push(text);
    if (seen.length === count) all.resolve(seen);
  };
  return { add, all: all.promise };
}

test('what one sends the other reads, with and without the client’s own ways, in order', async (t) => {
  const { url } = await withServer(t);
  const [sender, receiver] = [await open(t, url), await open(t, url)];
  const byWire = collected(3_000);
  const byClient = collected(3_000);
  wireOf(receiver).listen('a.*', (frame) => byWire.add(`${frame.subject} ${frame.reply} ${frame.data}`));
  receiver.subscribe('a.*', {
    callback: (_error, message) => byClient.add(`${message.subject} ${message.reply} ${message.string()}`),
  });
  await receiver.flush();
  const wire = wireOf(sender);
  for (let index = 0; index < 3_000; index++)
    wire.publish(
      `a.${index}`,
      'back.to',
      index % 2 ? 'NATS/1.0\r\nx: 1\r\n\r\n' : '',
      Buffer.from(`grüße ${index}`),
    );
  const expected = Array.from({ length: 3_000 }, (_, index) => `a.${index} back.to grüße ${index}`);
  assert.deepEqual(await byWire.all, expected);
  assert.deepEqual(await byClient.all, expected);
});

test('what waits for a server that is slow to read is not written over', { timeout: 30_000 }, async (t) => {
  const server = await withServer(t);
  const way = await slowWayTo(t, server.port);
  const sender = await open(t, way.url);
  const receiver = await open(t, server.url);
  const count = 20_000;
  const content = (index: number) => Buffer.alloc(1024, `${index}.`);
  const arrived = Promise.withResolvers<void>();
  let next = 0;
  wireOf(receiver).listen('a', ({ data }) => {
    if (!data.equals(content(next))) arrived.reject(new Error(`message ${next} has another content`));
    if (++next === count) arrived.resolve();
  });
  await receiver.flush();
  way.stop();
  const wire = wireOf(sender);
  // In many writes: more than what the system takes at once.
  for (let index = 0; index < count; index++) {
    wire.publish('a', '', '', content(index));
    if (index % 100 === 0) await setImmediate();
  }
  way.goOn();
  await arrived.promise;
});

test('what is sent while a new connection is being made is not written over', {
  timeout: 30_000,
}, async (t) => {
  const server = await withServer(t);
  const way = await slowWayTo(t, server.port);
  const sender = await open(t, way.url);
  const receiver = await open(t, server.url);
  const all = collected(6);
  wireOf(receiver).listen('a', ({ data }) => all.add(data.toString()));
  await receiver.flush();
  const wire = wireOf(sender);
  wire.publish('a', '', '', Buffer.from('before'));
  await sender.flush();
  way.stop();
  way.cut();
  await way.asked();
  // Each a write of its own.
  for (let index = 0; index < 5; index++) {
    wire.publish('a', '', '', Buffer.from(`message ${index}`));
    await setImmediate();
  }
  way.goOn();
  assert.deepEqual(await all.all, ['before', ...Array.from({ length: 5 }, (_, index) => `message ${index}`)]);
});

test('listening goes on over a new connection', async (t) => {
  const server = await withServer(t);
  const connection = await open(t, server.url);
  const first = collected(1);
  const second = collected(2);
  wireOf(connection).listen('a', ({ data }) => {
    first.add(data.toString());
    second.add(data.toString());
  });
  wireOf(connection).publish('a', '', '', Buffer.from('before'));
  await first.all;
  const back = (async () => {
    for await (const { type } of connection.status()) if (type === 'reconnect') return;
  })();
  await connection.reconnect();
  await back;
  wireOf(connection).publish('a', '', '', Buffer.from('after'));
  assert.deepEqual(await second.all, ['before', 'after']);
});

test('a subject that would forge a command, and a message over the server’s maximum, are refused', async (t) => {
  const { url } = await withServer(t, { config: 'max_payload: 1000' });
  const connection = await open(t, url);
  const wire = wireOf(connection);
  for (const subject of ['', 'a b', 'a\r\nPUB b 0'])
    assert.throws(() => wire.publish(subject, '', '', Buffer.alloc(0)), /subject/);
  assert.throws(() => wire.publish('a', '', '', Buffer.alloc(1001)), /max_payload/);
  assert.throws(() => wire.publish('a', '', 'NATS/1.0\r\n\r\n', Buffer.alloc(990)), /max_payload/);
  wire.publish('a', '', 'NATS/1.0\r\n\r\n', Buffer.alloc(988));
  wire.flush();
  await connection.flush();
});

test('over a closed connection nothing is sent and nothing thrown', async (t) => {
  const { url } = await withServer(t);
  const connection = await open(t, url);
  const wire = wireOf(connection);
  await connection.close();
  wire.publish('a', '', '', Buffer.from('x'));
  wire.flush();
});
