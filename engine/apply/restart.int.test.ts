// What a server makes of our objects when it starts again, also as another version or with other settings: nothing that a plan shows.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { graphOf, step } from '../compile/sample-graph.ts';
import { serverVersion } from '../devserver/server-version.ts';
import { withServer } from '../devserver/test-server.ts';
import { applyPorts } from '../nats/apply-ports.ts';
import { connectTest } from '../nats/test-broker.ts';
import { openDeployment } from './open-deployment.ts';

/** The oldest that the engine takes. */
const oldest = '2.14.0';

/** Every kind of object there is: shared, own and memory streams, lanes, former stages, remembered keys. */
const flows = [
  graphOf('shared', ['shape'], [step('shape', 'map', ['a', 'b'], { durable: true })], ['a', 'b']),
  graphOf('lanes', ['out'], [], ['out'], { ordering: { key: 'id', lanes: 3 } }),
  graphOf('own', ['out'], [], ['out'], {
    stream: 'dedicated',
    limits: { maxMessages: 10, maxBytes: 1 << 20 },
  }),
  graphOf('short', ['out'], [], ['out'], { durability: 'memory' }),
  graphOf('once', ['out'], [], ['out'], { idempotency: { key: 'id', windowMs: 60_000 } }),
  graphOf('late', ['wait'], [step('wait', 'delay', ['out'], { config: { for: '1m' } })], ['out']),
];

async function connected(t: TestContext, url: string) {
  const { broker, cluster } = await connectTest(t, url);
  const deployment = openDeployment(applyPorts({ broker, cluster }));
  const plan = async () => {
    const request = { flows, tenant: 'default', owner: 'cli', options: { prune: true } };
    const { value, diagnostics } = await deployment.plan(request);
    assert.deepEqual(diagnostics, []);
    assert.ok(value);
    return value;
  };
  const assertNothingToDo = async () => {
    const { changes, drift, refusals } = await plan();
    assert.deepEqual({ changes, drift, refusals }, { changes: [], drift: [], refusals: [] });
  };
  return { broker, cluster, deployment, plan, assertNothingToDo };
}

/** Applied, with a message that waits in a former stage. */
async function setUp(t: TestContext, url: string): Promise<void> {
  const { broker, deployment, plan, assertNothingToDo } = await connected(t, url);
  const former = graphOf('shared', ['old'], [step('old', 'map', ['a'])], ['a']);
  const request = { flows: [former], tenant: 'default', owner: 'cli' };
  const { value: first } = await deployment.plan(request);
  assert.ok(first);
  assert.equal((await deployment.apply(first)).kind, 'applied');
  await broker.publisher.publish('flow.shared.old', Buffer.from('{}'), []);
  assert.equal((await deployment.apply(await plan())).kind, 'applied');
  await assertNothingToDo();
}

async function assertUnchanged(t: TestContext, url: string): Promise<void> {
  const { cluster, deployment, plan, assertNothingToDo } = await connected(t, url);
  await assertNothingToDo();
  const outcome = await deployment.apply(await plan());
  assert.ok(outcome.kind === 'applied', JSON.stringify(outcome));
  assert.deepEqual(outcome.changes, []);
  await assertNothingToDo();
  // What the server had in memory is there again.
  const streams = (await cluster.listStreams()).map(({ spec }) => spec.name);
  assert.ok(
    streams.some((name) => name.includes('MEMORY')),
    streams.join(' '),
  );
  const lists = await Promise.all(streams.map((stream) => cluster.listConsumers(stream)));
  assert.deepEqual(
    lists
      .flat()
      .map(({ spec }) => spec.name)
      .toSorted(),
    [
      'lanes_out_0',
      'lanes_out_1',
      'lanes_out_2',
      'late_wait',
      'once_out',
      'own_out',
      'shared_a',
      'shared_b',
      'shared_old',
      'shared_shape',
      'short_out',
    ],
  );
}

test('a plan is empty after a restart', async (t) => {
  const server = await withServer(t);
  await setUp(t, server.url);
  await server.killAndRestart();
  await assertUnchanged(t, server.url);
});

test('a plan is empty after a restart with other limits and defaults', async (t) => {
  const server = await withServer(t);
  await setUp(t, server.url);
  await server.kill();
  const limits = 'limits { max_ack_pending: 20000, duplicate_window: 1h }';
  const jetstream = `jetstream { store_dir: ${JSON.stringify(server.storeDir)}, sync_interval: 1m, strict: false, ${limits} }`;
  await server.restart({ config: `${jetstream}\nmax_connections: 1000\nwrite_deadline: "20s"` });
  await assertUnchanged(t, server.url);
});

test(`a plan is empty after an upgrade from ${oldest}`, async (t) => {
  const binary = await serverVersion(oldest);
  if (typeof binary !== 'string') return t.skip(binary.missing);
  const server = await withServer(t, { binary });
  await setUp(t, server.url);
  const before = (await connectTest(t, server.url)).cluster.serverVersion;
  assert.equal(before, oldest);
  await server.kill();
  await server.restart({ binary: undefined });
  assert.notEqual((await connectTest(t, server.url)).cluster.serverVersion, oldest);
  await assertUnchanged(t, server.url);
});
