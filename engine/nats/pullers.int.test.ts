import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { wireOf } from '../connector/nats-wire/wire.ts';
import { withServer } from '../devserver/test-server.ts';
import { Acknowledger } from './acknowledger.ts';
import { NatsPuller } from './puller.ts';
import { Pullers } from './pullers.ts';
import { connectTest, flowsStream, stageConsumer } from './test-broker.ts';

interface Asked {
  readonly consumer: string;
  readonly expires: number;
  readonly idle_heartbeat?: number;
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const second = 1e9;

test('four of a stream hear from JetStream often, and what they miss makes all of it ask again', async (t) => {
  const { url } = await withServer(t);
  const { cluster } = await connectTest(t, url);
  await cluster.createStream(flowsStream);
  const connection = await connect({ servers: url });
  t.after(() => connection.close());
  let asked: Asked[] = [];
  connection.subscribe('$JS.API.CONSUMER.MSG.NEXT.FLOWS.*', {
    callback: (_error, message) => {
      asked.push({ consumer: message.subject.split('.').at(-1), ...message.json<object>() } as Asked);
    },
  });
  await connection.flush();
  const wire = wireOf(connection);
  const pullers = new Pullers();
  const all: NatsPuller[] = [];
  for (const name of names) {
    const spec = { ...stageConsumer, name, filterSubject: `flow.orders.${name}` };
    await cluster.createConsumer(spec);
    const puller = new NatsPuller(
      { spec, maxMessages: 100, maxBytes: 1 << 24, onMessage: () => undefined },
      {
        connection,
        wire,
        acknowledger: new Acknowledger(wire),
        createConsumer: () => Promise.resolve(),
        deleteConsumer: () => Promise.resolve(),
        isClustered: () => false,
        isWatcher: (asking) => pullers.isWatcher(asking),
        shareOfMessages: () => 256,
        onStopped: (stopped) => pullers.delete(stopped),
      },
    );
    pullers.add(puller);
    all.push(puller);
  }
  await connection.flush();
  assert.deepEqual(
    asked.map((one) => one.idle_heartbeat),
    [...Array(4).fill(20 * second), undefined, undefined],
  );
  for (const { expires } of asked) assert.ok(expires > 58 * second && expires <= 120 * second);

  asked = [];
  pullers.tick(performance.now() + 30_000);
  await connection.flush();
  assert.deepEqual(asked, []);
  pullers.tick(performance.now() + 50_000);
  await connection.flush();
  // Those that listen ask twice here: real time has not passed.
  assert.deepEqual(new Set(asked.map(({ consumer }) => consumer)), new Set(names));

  // Who stops makes room for another one to listen.
  await all[0]?.stop(0);
  asked = [];
  pullers.tick(performance.now() + 200_000);
  await connection.flush();
  const listening = asked.filter((one) => one.idle_heartbeat !== undefined);
  assert.equal(new Set(listening.map(({ consumer }) => consumer)).size, 4);
  await Promise.all(all.map((puller) => puller.stop(0)));
});

test('when a JetStream consumer has a new leader, that is asked, and nothing else is', async (t) => {
  const { url } = await withServer(t);
  const { broker, cluster } = await connectTest(t, url);
  await cluster.createStream(flowsStream);
  const connection = await connect({ servers: url });
  t.after(() => connection.close());
  const asked = connection.subscribe('$JS.API.CONSUMER.MSG.NEXT.FLOWS.*')[Symbol.asyncIterator]();
  await connection.flush();
  const next = async () => (await asked.next()).value?.subject.split('.').at(-1);
  const bounds = { maxMessages: 100, maxBytes: 1 << 24, onMessage: () => undefined };
  const pullers = [];
  for (const name of ['a', 'b']) {
    const spec = { ...stageConsumer, name, filterSubject: `flow.orders.${name}` };
    await cluster.createConsumer(spec);
    pullers.push(broker.pull({ ...bounds, spec }));
    assert.equal(await next(), name);
  }
  // As a cluster says it after an election.
  for (const name of ['b', 'a', 'unknown', 'b'])
    connection.publish(`$JS.EVENT.ADVISORY.CONSUMER.LEADER_ELECTED.FLOWS.${name}`, '{}');
  assert.deepEqual([await next(), await next(), await next()], ['b', 'a', 'b']);
  await Promise.all(pullers.map((puller) => puller.stop(0)));
});

test('who has to make a JetStream consumer anew first does so when a leader is elected, and asks only then', async (t) => {
  const { url } = await withServer(t);
  const { cluster } = await connectTest(t, url);
  await cluster.createStream(flowsStream);
  await cluster.createConsumer(stageConsumer);
  const connection = await connect({ servers: url });
  t.after(() => connection.close());
  const steps: string[] = [];
  const failed = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  connection.subscribe('$JS.API.CONSUMER.MSG.NEXT.FLOWS.*', {
    callback: () => {
      steps.push('asked');
      asked.resolve();
    },
  });
  const wire = wireOf(connection);
  const puller = new NatsPuller(
    {
      spec: stageConsumer,
      fresh: true,
      maxMessages: 100,
      maxBytes: 1 << 24,
      onMessage: () => undefined,
      onEvent: () => failed.resolve(),
    },
    {
      connection,
      wire,
      acknowledger: new Acknowledger(wire),
      createConsumer: async () => {
        steps.push('made');
        if (steps.length === 1) throw new Error('no leader');
      },
      deleteConsumer: () => Promise.resolve(),
      isClustered: () => true,
      isWatcher: () => true,
      shareOfMessages: () => 256,
      onStopped: () => undefined,
    },
  );
  await failed.promise;
  puller.leaderElected();
  await asked.promise;
  assert.deepEqual(steps, ['made', 'made', 'asked']);
  await puller.stop(0);
});
