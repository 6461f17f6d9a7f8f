// The nats connector behaves as every connector must, against a real server.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DiscardPolicy, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  type ConnectorFixture,
  type ConsumerSource,
  connectorConformance,
  eventually,
  type ProducerSink,
} from '../../engine/connector/conformance.ts';
import { startServer } from '../../engine/devserver/start-server.ts';
import { testPort } from '../../engine/devserver/test-port.ts';
import type { NatsConsumerConfig, NatsProducerConfig } from './config.gen.ts';
import { connector } from './connector.ts';

const user = 'flow';
const password = 'top-s3cret-password';
const access = { user, password };

/** A server with a user of its own, for one test. */
async function startNats() {
  const storeDir = await mkdtemp(path.join(tmpdir(), 'vrsky-nats-'));
  const config = `authorization { users: [{ user: ${user}, password: "${password}" }] }`;
  let server = await startServer({ storeDir, config, port: await testPort() });
  const { url, port } = server;
  const open = (): Promise<NatsConnection> =>
    connect({ servers: url, user, pass: password, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
  let connection = await open();
  return {
    url,
    get connection() {
      return connection;
    },
    stall: () => freeze(server.pid),
    async kill() {
      await connection.close();
      await server.kill();
    },
    async revive() {
      server = await startServer({ storeDir, config, port });
      connection = await open();
    },
    async close() {
      process.kill(server.pid, 'SIGCONT');
      await connection.close();
      await server.stop();
      await rm(storeDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startSubject(): Promise<ConsumerSource<NatsConsumerConfig>> {
  const nats = await startNats();
  const accepted: string[] = [];
  const config = { servers: nats.url, ...access, subject: 'orders.>' };
  return {
    config,
    badCredential: { ...config, password: 'wrong' },
    async offer(text) {
      // A request finds nobody until the consumer has subscribed.
      const answer = async () => {
        try {
          await nats.connection.request('orders.new', text, { timeout: 2_000 });
          accepted.push(text);
        } catch (error) {
          if (/no responders/i.test((error as Error).message)) return false;
        }
        return true;
      };
      void eventually('somebody subscribes', answer).catch(() => undefined);
    },
    accepted: () => accepted,
    afterNack: 'offers-again',
    kill: nats.kill,
    revive: nats.revive,
    close: nats.close,
  };
}

async function startStream(): Promise<ConsumerSource<NatsConsumerConfig>> {
  const nats = await startNats();
  const manager = await jetstreamManager(nats.connection);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'], retention: RetentionPolicy.Workqueue });
  const offered: string[] = [];
  return {
    config: { servers: nats.url, ...access, stream: 'ORDERS', subject: 'orders.>' },
    async offer(text) {
      await jetstream(nats.connection).publish('orders.new', text);
      offered.push(text);
    },
    async accepted() {
      const { state } = await (await jetstreamManager(nats.connection)).streams.info('ORDERS');
      return offered.slice(0, offered.length - state.messages);
    },
    afterNack: 'offers-again',
    kill: nats.kill,
    revive: nats.revive,
    close: nats.close,
  };
}

async function startSink(isStream: boolean): Promise<ProducerSink<NatsProducerConfig>> {
  const nats = await startNats();
  const received: string[] = [];
  const listen = () => {
    nats.connection.subscribe('out.>', {
      callback: (_error, message) => void received.push(message.string()),
    });
    return nats.connection.flush();
  };
  if (isStream) {
    const manager = await jetstreamManager(nats.connection);
    await manager.streams.add({
      name: 'OUT',
      subjects: ['out.>'],
      discard: DiscardPolicy.New,
      max_msg_size: 1000,
    });
  }
  await listen();
  const config = {
    servers: nats.url,
    ...access,
    subject: "out.{{ $ = 'bad' ? '*' : $ }}",
    jetstream: isStream,
  };
  return {
    config,
    badCredential: { ...config, password: 'wrong' },
    async received() {
      await nats.connection.flush();
      return received;
    },
    // Not by the server: the subject cannot be made of it.
    reject: (text) => assert.equal(text, 'bad'),
    stall: nats.stall,
    kill: nats.kill,
    async revive() {
      await nats.revive();
      await listen();
    },
    close: nats.close,
  };
}

/** A signal is on its way for a moment: until each thread stands still, the server may answer. */
function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  const threads = `/proc/${pid}/task`;
  if (!existsSync(threads)) return;
  const isMoving = (thread: string) => !/\) T /.test(readFileSync(`${threads}/${thread}/stat`, 'utf8'));
  while (readdirSync(threads).some(isMoving));
}

const unreachable = { servers: 'nats://127.0.0.1:1', ...access };

function fixture(
  startConsumer: () => Promise<ConsumerSource<NatsConsumerConfig>>,
  startProducer: () => Promise<ProducerSink<NatsProducerConfig>>,
): ConnectorFixture<NatsConsumerConfig, NatsProducerConfig> {
  const base = { name: 'bus', type: 'nats', servers: 'nats://a:4222', subject: 'orders.>' };
  return {
    consumer: {
      accepts: [
        base,
        {
          ...base,
          servers: ['nats://a', 'nats://b'],
          queue: 'workers',
          user: 'u',
          password: 'p',
          to: 'next',
        },
        { ...base, stream: 'ORDERS', durable: 'd', deliver: 'new', ackWait: '1m', contentType: 'text/csv' },
        { ...base, token: 't', tls: { ca: 'a', cert: 'b', key: 'c', rejectUnauthorized: false } },
      ],
      rejects: {
        'missing servers': { name: 'bus', type: 'nats', subject: 'a' },
        'a missing subject': { name: 'bus', type: 'nats', servers: 'a' },
        'an unknown start': { ...base, stream: 'S', deliver: 'some' },
        'a durable with a dot': { ...base, stream: 'S', durable: 'a.b' },
        'an unknown field': { ...base, topic: 'x' },
      },
      secrets: [password],
      unreachable: { ...unreachable, subject: 'a' },
      start: startConsumer,
    },
    producer: {
      accepts: [
        { ...base, subject: 'invoices.{{ country }}' },
        { ...base, subject: 'a', jetstream: true, headers: { 'x-a': '{{ b }}' }, credentials: 'a.creds' },
      ],
      rejects: {
        'missing servers': { name: 'bus', type: 'nats', subject: 'a' },
        'a header name with a space': { ...base, headers: { 'x a': 'b' } },
        'an unknown field': { ...base, stream: 'x' },
      },
      secrets: [password],
      unreachable: { ...unreachable, subject: 'a' },
      start: startProducer,
    },
  };
}

connectorConformance(
  connector,
  fixture(startSubject, () => startSink(false)),
);
connectorConformance(
  connector,
  fixture(startStream, () => startSink(true)),
);
