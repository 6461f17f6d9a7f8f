import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { graphOf, step } from '../compile/sample-graph.ts';
import { buckets } from '../compile/topology.ts';
import { withServer } from '../devserver/test-server.ts';
import type { FlowGraph } from '../flow/graph.ts';
import { applyPorts } from '../nats/apply-ports.ts';
import { connectTest } from '../nats/test-broker.ts';
import type { PlanOptions } from '../plan/plan.ts';
import type { FlowRecord } from '../plan/state.ts';
import type { ApplyOutcome } from './deployment.ts';
import { openDeployment } from './open-deployment.ts';

const orders = (expression: string, more: Partial<FlowGraph> = {}) =>
  graphOf('orders', ['shape'], [step('shape', 'map', ['out'], { config: { expression } })], ['out'], more);
const other = graphOf('other', ['out'], [], ['out']);

async function setUp(t: TestContext) {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  const deployment = openDeployment(applyPorts({ broker, cluster }));
  const plan = async (flows: readonly FlowGraph[], options: Partial<PlanOptions> = {}, owner = 'cli') => {
    const { value, diagnostics } = await deployment.plan({ flows, tenant: 'default', owner, options });
    assert.deepEqual(diagnostics, []);
    assert.ok(value);
    return value;
  };
  const apply = async (flows: readonly FlowGraph[], options: Partial<PlanOptions> = {}, owner = 'cli') =>
    deployment.apply(await plan(flows, options, owner));
  const record = async (flow: string) =>
    (await (await broker.bucket(buckets.programs)).get(flow))?.value as FlowRecord | undefined;
  return { broker, cluster, deployment, plan, apply, record };
}

/** `create flow orders` and so on, buckets left out. */
function changesOf(outcome: ApplyOutcome): readonly string[] {
  assert.equal(outcome.kind, 'applied', JSON.stringify(outcome));
  return outcome.kind !== 'applied'
    ? []
    : outcome.changes
        .filter(({ object }) => object.kind !== 'bucket')
        .map(({ actions, object }) => `${actions.join(' ')} ${object.kind} ${object.name}`)
        .toSorted();
}

test('applying creates what is needed, and applying again changes nothing', async (t) => {
  const { apply, plan } = await setUp(t);
  assert.deepEqual(changesOf(await apply([orders('a'), other])), [
    'create consumer orders_shape',
    'create consumer other_out',
    'create flow orders',
    'create flow other',
    'create stream VRSKY_DEAD',
    'create stream VRSKY_FLOWS_1',
  ]);
  assert.deepEqual((await plan([orders('a'), other])).changes, []);
  assert.deepEqual(changesOf(await apply([orders('a'), other])), []);
});

test('a revision whose apply was killed while it watched it is judged by the next', async (t) => {
  const { apply, broker, deployment } = await setUp(t);
  await apply([orders('a')]);
  const history = await broker.bucket(buckets.history);
  const key = 'revision.cli.1';
  const entry = (await history.get(key))?.value as object;
  await history.put(key, { ...entry, healthy: false, proving: true });
  await apply([orders('a')]);
  const [judged] = await deployment.history();
  assert.deepEqual([judged?.number, judged?.healthy, judged?.proving], [1, true, undefined]);
});

test('a changed step changes the flow and nothing else, and the plan says which field', async (t) => {
  const { apply, plan } = await setUp(t);
  await apply([orders('a')]);
  const { changes } = await plan([orders('b')]);
  assert.deepEqual(
    changes.map(({ actions, object, fields }) => ({ actions, name: object.name, fields })),
    [
      {
        actions: ['update'],
        name: 'orders',
        fields: [
          {
            path: 'steps.shape.expression',
            before: 'a',
            after: 'b',
            source: { file: 'orders.yaml', line: 1 },
          },
        ],
      },
    ],
  );
  assert.deepEqual(changesOf(await apply([orders('b')])), ['update flow orders']);
});

test('applying one flow leaves the others of its stream alone', async (t) => {
  const { apply, cluster } = await setUp(t);
  await apply([graphOf('first', ['out'], [], ['out'])]);
  await apply([orders('a')]);
  const pool = (await cluster.listStreams()).find(({ spec }) => spec.name === 'VRSKY_FLOWS_1');
  assert.deepEqual(pool?.spec.subjects, ['flow.first.>', 'flow.orders.>']);
});

test('a stage that goes away while it holds messages lives on until it is drained', async (t) => {
  const { apply, broker, cluster, plan, record } = await setUp(t);
  await apply([graphOf('orders', ['old'], [step('old', 'map', ['out'])], ['out'])]);
  await broker.publisher.publish('flow.orders.old', Buffer.from('{}'), []);
  const renamed = [graphOf('orders', ['young'], [step('young', 'map', ['out'])], ['out'])];
  await apply(renamed);
  assert.deepEqual(
    (await record('orders'))?.retiring.map(({ stage }) => stage.name),
    ['old'],
  );
  assert.deepEqual((await plan(renamed)).changes, []);
  await cluster.purge('VRSKY_FLOWS_1', 'flow.orders.old');
  assert.deepEqual(changesOf(await apply(renamed)), ['update flow orders']);
  assert.deepEqual((await record('orders'))?.retiring, []);
  assert.deepEqual(
    (await cluster.listConsumers('VRSKY_FLOWS_1')).map(({ spec }) => spec.name),
    ['orders_young'],
  );
});

test('going back over renames takes along what a flow keeps, also when it was renamed twice', async (t) => {
  const { apply, broker, deployment, record } = await setUp(t);
  const called = (name: string, renamedFrom?: string) =>
    graphOf(name, ['out'], [], ['out'], renamedFrom === undefined ? {} : { renamedFrom });
  const state = async () => {
    const bucket = await broker.bucket(buckets.state);
    return Object.fromEntries(
      await Promise.all((await bucket.keys()).map(async (key) => [key, (await bucket.get(key))?.value])),
    );
  };
  await apply([called('orders')]);
  await (await broker.bucket(buckets.state)).put('cursor.orders.in', 7);
  await apply([called('sales', 'orders')], { prune: true });
  // The manifest goes on saying where the name came from.
  await apply([called('sales', 'orders'), other], { prune: true });
  await apply([called('trade', 'sales'), other], { prune: true });
  assert.deepEqual(await state(), { 'cursor.trade.in': 7 });
  const back = await deployment.planRollback('cli', 1);
  const changes = changesOf(await deployment.apply(back));
  assert.deepEqual(
    changes.filter((change) => change.includes(' flow ')),
    ['delete flow other', 'rename flow orders'],
  );
  assert.deepEqual(await state(), { 'cursor.orders.in': 7 });
  assert.deepEqual([await record('trade'), await record('sales')], [undefined, undefined]);
  assert.deepEqual((await deployment.history())[0]?.renames, { orders: 'trade' });
  // And forth again, by the history and by the manifest.
  await deployment.apply(await deployment.planRollback('cli', 2));
  assert.deepEqual(await state(), { 'cursor.sales.in': 7 });
  await apply([called('orders', 'sales')], { prune: true });
  assert.deepEqual(await state(), { 'cursor.orders.in': 7 });
});

test('a flow that was renamed leaves nothing of its former name behind for a second apply', async (t) => {
  const { apply, plan, cluster } = await setUp(t);
  const called = (name: string, renamedFrom?: string) =>
    graphOf(name, ['out'], [], ['out'], renamedFrom === undefined ? {} : { renamedFrom });
  await apply([called('orders'), other]);
  await apply([called('sales', 'orders'), other], { prune: true });
  assert.deepEqual((await plan([called('sales', 'orders'), other])).changes, []);
  const subjects = (await cluster.listStreams()).flatMap(({ spec }) => spec.subjects);
  assert.ok(subjects.includes('flow.sales.>') && !subjects.includes('flow.orders.>'), subjects.join());
});

test("what lies under a former name is no longer the renamed flow's once another flow has that name", async (t) => {
  const { apply, broker, cluster } = await setUp(t);
  const sales = graphOf('sales', ['out'], [], ['out'], { renamedFrom: 'orders' });
  const waiting = () => cluster.messagesBySubject('VRSKY_FLOWS_1', 'flow.orders.>');
  const consumers = async () => (await cluster.listConsumers('VRSKY_FLOWS_1')).map(({ spec }) => spec.name);
  await apply([orders('a'), other]);
  await broker.publisher.publish('flow.orders.shape', Buffer.from('{}'), []);
  await apply([sales, other], { prune: true });
  await apply([sales, orders('b'), other], { prune: true });
  // Drained: the renamed flow gives up its former stage, and the other flow keeps what it needs.
  await cluster.purge('VRSKY_FLOWS_1', 'flow.orders.>');
  await apply([sales, orders('b'), other], { prune: true });
  assert.deepEqual((await consumers()).toSorted(), ['orders_shape', 'other_out', 'sales_out']);

  await apply([orders('b'), other], { prune: true });
  await broker.publisher.publish('flow.orders.shape', Buffer.from('{}'), []);
  await apply([sales, other], { prune: true });
  // Taken back: what came under the old name meanwhile stays.
  assert.ok(changesOf(await apply([orders('c'), other], { prune: true })).includes('delete flow sales'));
  assert.deepEqual(await waiting(), { 'flow.orders.shape': 1 });
  assert.deepEqual((await consumers()).toSorted(), ['orders_shape', 'other_out']);
});

test('sources know a flow by one name over its renames, and another of a former name by another', async (t) => {
  const { apply, plan, record } = await setUp(t);
  const called = (name: string, renamedFrom?: string) =>
    graphOf(name, ['out'], [], ['out'], renamedFrom === undefined ? {} : { renamedFrom });
  const origins = async (...names: string[]) =>
    Promise.all(names.map(async (name) => (await record(name))?.origin));
  await apply([called('orders')]);
  await apply([called('sales', 'orders')], { prune: true });
  const both = [called('trade', 'sales'), called('orders')];
  await apply(both, { prune: true });
  assert.deepEqual(await origins('trade', 'orders', 'sales'), ['orders', 'orders~2', undefined]);
  const { changes } = await plan(both, { prune: true });
  assert.deepEqual(
    changes.filter(({ object }) => object.kind === 'flow'),
    [],
  );
  await apply([called('trade'), called('purchases', 'orders')], { prune: true });
  assert.deepEqual(await origins('trade', 'purchases'), ['orders', 'orders~2']);
  await apply([called('orders', 'trade'), called('purchases')], { prune: true });
  assert.deepEqual(await origins('orders', 'purchases'), [undefined, 'orders~2']);
});

test('a flow is never moved away from its messages', async (t) => {
  const { plan, apply } = await setUp(t);
  await apply([orders('a')]);
  const { refusals } = await plan([orders('a', { durability: 'memory' })]);
  assert.deepEqual(
    refusals.map(({ code }) => code),
    ['VRS6003'],
  );
  assert.match(refusals[0]?.message ?? '', /orders.*VRSKY_FLOWS_1.*VRSKY_MEMORY_FLOWS_1/);
});

test('destroying refuses while messages wait, unless told otherwise, and leaves other flows alone', async (t) => {
  const { apply, broker, cluster, deployment, record } = await setUp(t);
  await apply([orders('a'), other]);
  await broker.publisher.publish('flow.orders.shape', Buffer.from('{}'), []);
  const refused = await deployment.apply(await deployment.planDestroy('orders'));
  assert.ok(refused.kind === 'refused');
  assert.match(refused.refusals[0]?.message ?? '', /1 message;/);
  const plan = await deployment.planDestroy('orders', { allowDataLoss: ['flow/orders'] });
  const deletion = plan.changes.find(({ actions }) => actions[0] === 'delete');
  assert.deepEqual(deletion?.dataAtStake, { messages: 1 });
  assert.equal((await deployment.apply(plan)).kind, 'applied');
  assert.equal(await record('orders'), undefined);
  assert.deepEqual(
    (await cluster.listConsumers('VRSKY_FLOWS_1')).map(({ spec }) => spec.name),
    ['other_out'],
  );
  await assert.rejects(deployment.planDestroy('orders'), { code: 'VRS8404' });
});
