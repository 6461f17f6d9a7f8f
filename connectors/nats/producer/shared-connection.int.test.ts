// What producers that share a connection have of each other: the connection, and nothing else.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext as NodeTest, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { createTestContext, testMessage } from '../../../engine/connector/conformance.ts';
import type { WriteOutcome } from '../../../engine/connector/index.ts';
import { testPort } from '../../../engine/devserver/test-port.ts';
import { withServer } from '../../../engine/devserver/test-server.ts';
import type { NatsProducerConfig } from '../config.gen.ts';
import { accessKey } from '../connect.ts';
import { connector } from '../connector.ts';
import { kinds, openTestConnection, reason } from '../testdata/nats.ts';

interface Open {
  readonly user: string;
  readonly subscriptions: number;
}

async function setUp(t: NodeTest) {
  const monitor = await testPort();
  const may = 'permissions: { publish: ["ok.>", "$JS.API.>"] }';
  const users = `{ user: a, password: p, ${may} }, { user: b, password: p }`;
  const server = await withServer(t, {
    config: `http: "127.0.0.1:${monitor}"\nauthorization { users: [${users}] }`,
  });
  const open = async (user: string, options: Partial<NatsProducerConfig> = {}) => {
    const context = createTestContext();
    const config = { servers: server.url, user, password: 'p', subject: 'ok.{{ $key }}', ...options };
    const producer = await connector.producer?.(config, context);
    assert.ok(producer);
    t.after(() => producer.close());
    return {
      write: (...keys: readonly string[]) =>
        producer.write(
          keys.map((key) => testMessage('{}', { key })),
          context.signal,
        ),
      close: () => producer.close(),
    };
  };
  /** Of producers. */
  const connections = async (): Promise<readonly Open[]> => {
    const answer = await fetch(`http://127.0.0.1:${monitor}/connz?auth=1`);
    const { connections: all } = (await answer.json()) as {
      readonly connections: readonly {
        readonly name?: string;
        readonly authorized_user: string;
        readonly subscriptions: number;
      }[];
    };
    return all
      .filter(({ name }) => name === 'vrsky producers')
      .map(({ authorized_user, subscriptions }) => ({ user: authorized_user, subscriptions }));
  };
  return { server, open, connections };
}

async function isDelivered(writing: Promise<readonly WriteOutcome[]>): Promise<boolean> {
  const outcomes = await writing.catch(() => []);
  return outcomes[0]?.kind === 'delivered';
}

test('producers with the same access share a connection, others do not; the last one closes it', async (t) => {
  const { server, open, connections } = await setUp(t);
  const manager = await jetstreamManager(await openTestConnection(t, server.url, { user: 'b', pass: 'p' }));
  await manager.streams.add({ name: 'OK', subjects: ['ok.>'] });
  const first = await open('a', { jetstream: true });
  const second = await open('a', { jetstream: true });
  const core = await open('a');
  const other = await open('b');
  for (const producer of [first, second, core, other])
    assert.deepEqual(kinds(await producer.write('x')), ['delivered']);
  assert.deepEqual((await connections()).map(({ user }) => user).sort(), ['a', 'b']);
  const subscriptionsOfA = async () => (await connections()).find(({ user }) => user === 'a')?.subscriptions;
  const both = (await subscriptionsOfA()) as number;

  await first.close();
  assert.deepEqual(kinds(await second.write('y', 'z')), ['delivered', 'delivered']);
  assert.equal(await subscriptionsOfA(), both - 1);

  await second.close();
  await core.close();
  while ((await connections()).length > 1) await delay(20);
  assert.deepEqual(
    (await connections()).map(({ user }) => user),
    ['b'],
  );
  assert.deepEqual(kinds(await (await open('a', { jetstream: true })).write('again')), ['delivered']);
});

test('what one of them may not send is no matter of the others', async (t) => {
  const { server, open } = await setUp(t);
  const manager = await jetstreamManager(await openTestConnection(t, server.url, { user: 'b', pass: 'p' }));
  await manager.streams.add({ name: 'OK', subjects: ['ok.>'] });
  const stored = await open('a', { jetstream: true });
  const core = await open('a');
  const forbidden = [
    await open('a', { jetstream: true, subject: 'no.{{ $key }}' }),
    await open('a', { subject: 'no.{{ $key }}' }),
  ];
  await stored.write('warm');
  const written = await Promise.all([...forbidden, stored, core].map((producer) => producer.write('1', '2')));
  assert.deepEqual(written.map(kinds), [
    ['rejected', 'rejected'],
    ['rejected', 'rejected'],
    ['delivered', 'delivered'],
    ['delivered', 'delivered'],
  ]);
  assert.match(reason(written[1]?.[0]), /may not publish to no\.1/);
});

test('when the server is gone, all of them wait, and go on when it is back', async (t) => {
  const { server, open } = await setUp(t);
  const producers = [await open('b'), await open('b')];
  for (const producer of producers) assert.deepEqual(kinds(await producer.write('x')), ['delivered']);
  await server.kill();
  for (const { write } of producers)
    await assert.rejects(write('x'), (error: Error) => error.name === 'NotConnectedError');
  await server.restart();
  for (const { write } of producers) {
    while (!(await isDelivered(write('x')))) await delay(20);
  }
});

test('a producer that closes while they connect sends nothing any more, and the others do', async (t) => {
  const { server, open, connections } = await setUp(t);
  const manager = await jetstreamManager(await openTestConnection(t, server.url, { user: 'b', pass: 'p' }));
  await manager.streams.add({ name: 'OK', subjects: ['ok.>'] });
  const { servers, release } = await slowWayTo(t, server.port);
  const leaving = await open('b', { servers, jetstream: true });
  const staying = await open('b', { servers, jetstream: true });
  const left = assert.rejects(leaving.write('left'), (error: Error) => error.name === 'NotConnectedError');
  const stayed = staying.write('stayed');
  await leaving.close();
  await release();
  await left;
  assert.deepEqual(kinds(await stayed), ['delivered']);
  const { state } = await manager.streams.info('OK', { subjects_filter: '>' });
  assert.deepEqual(state.subjects, { 'ok.stayed': 1 });
  assert.equal((await connections()).length, 1);
});

test('a producer that cannot be made leaves nothing open behind others', async (t) => {
  const { open, connections } = await setUp(t);
  const producer = await open('b');
  await assert.rejects(open('b', { headers: { x: '{{ ( }}' } }));
  assert.deepEqual(kinds(await producer.write('x')), ['delivered']);
  await producer.close();
  while ((await connections()).length > 0) await delay(20);
});

test('who comes after a file was replaced has a connection with what it says now', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-nats-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'partner.creds');
  const keyOf = () => accessKey({ servers: 'nats://a', credentials: file }, createTestContext());
  const keys = [keyOf()];
  for (const content of ['one', 'another']) {
    await writeFile(file, content);
    assert.equal(keyOf(), keyOf());
    keys.push(keyOf());
  }
  assert.equal(new Set(keys).size, 3);
});

/** To a server, over something that answers only when it is told to. */
async function slowWayTo(t: NodeTest, port: number) {
  const held: Socket[] = [];
  const way = createServer((socket) => void held.push(socket)).listen(0, '127.0.0.1');
  await once(way, 'listening');
  t.after(() => way.close());
  const address = way.address() as { readonly port: number };
  return {
    servers: `nats://127.0.0.1:${address.port}`,
    release: async () => {
      while (held.length === 0) await delay(20);
      for (const socket of held) {
        const onward = dial(port, '127.0.0.1');
        socket.on('error', () => onward.destroy()).pipe(onward);
        onward.on('error', () => socket.destroy()).pipe(socket);
      }
    },
  };
}
