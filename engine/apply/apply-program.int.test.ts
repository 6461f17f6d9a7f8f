import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile/compile.ts';
import type { Program } from '../compile/program.ts';
import { graphOf, step } from '../compile/sample-graph.ts';
import { buckets } from '../compile/topology.ts';
import { withServer } from '../devserver/test-server.ts';
import type { FlowGraph } from '../flow/graph.ts';
import { connectTest } from '../nats/test-broker.ts';
import { applyProgram, type FlowRecord } from './apply-program.ts';
import { destroyFlow } from './destroy-flow.ts';

const orders = (expression: string, more: Partial<FlowGraph> = {}) =>
  graphOf('orders', ['shape'], [step('shape', 'map', ['out'], { config: { expression } })], ['out'], more);

function programOf(...graphs: readonly FlowGraph[]): Program {
  const { value, diagnostics } = compile(graphs, { tenant: 'default' });
  assert.deepEqual(diagnostics, []);
  return value as Program;
}

async function setUp(t: Parameters<typeof connectTest>[0]) {
  const { broker, cluster } = await connectTest(t, (await withServer(t)).url);
  const options = { openPrograms: () => broker.bucket(buckets.programs), workersFollow: async () => true };
  const apply = (program: Program) => applyProgram(program, cluster, options);
  const destroy = (flow: string, allowDataLoss = false) =>
    destroyFlow(flow, cluster, {
      openBucket: (name) => broker.bucket(name),
      allowDataLoss,
      workersStopped: async () => true,
    });
  const record = async (flow: string) =>
    (await (await broker.bucket(buckets.programs)).get(flow))?.value as FlowRecord | undefined;
  return { broker, cluster, apply, destroy, record };
}

test('applying creates what is needed, and applying again changes nothing', async (t) => {
  const { apply } = await setUp(t);
  const program = programOf(orders('a'), graphOf('other', ['out'], [], ['out']));
  assert.deepEqual((await apply(program)).map(({ action, name }) => `${action} ${name}`).toSorted(), [
    'create VRSKY_DEAD',
    'create VRSKY_FLOWS_1',
    'create orders',
    'create orders_shape',
    'create other',
    'create other_out',
  ]);
  assert.deepEqual(await apply(program), []);
});

test('a changed step changes the flow and nothing else', async (t) => {
  const { apply } = await setUp(t);
  await apply(programOf(orders('a')));
  assert.deepEqual(await apply(programOf(orders('b'))), [{ action: 'update', kind: 'flow', name: 'orders' }]);
});

test('applying one flow leaves the others of its stream alone', async (t) => {
  const { apply, cluster } = await setUp(t);
  await apply(programOf(graphOf('first', ['out'], [], ['out'])));
  await apply(programOf(orders('a')));
  const pool = (await cluster.listStreams()).find(({ spec }) => spec.name === 'VRSKY_FLOWS_1');
  assert.deepEqual(pool?.spec.subjects, ['flow.first.>', 'flow.orders.>']);
});

test('a stage that goes away while it holds messages lives on until it is drained', async (t) => {
  const { apply, broker, cluster, record } = await setUp(t);
  await apply(programOf(graphOf('orders', ['old'], [step('old', 'map', ['out'])], ['out'])));
  await broker.publisher.publish('flow.orders.old', Buffer.from('{}'), []);
  const renamed = programOf(graphOf('orders', ['young'], [step('young', 'map', ['out'])], ['out']));
  await apply(renamed);
  assert.deepEqual(
    (await record('orders'))?.retiring.map(({ stage }) => stage.name),
    ['old'],
  );
  await cluster.purge('VRSKY_FLOWS_1', 'flow.orders.old');
  assert.deepEqual(
    (await apply(renamed)).map(({ action, name }) => `${action} ${name}`),
    ['delete orders_old'],
  );
  assert.deepEqual((await record('orders'))?.retiring, []);
});

test('a stream is never changed into what would lose its messages', async (t) => {
  const { apply } = await setUp(t);
  await apply(programOf(orders('a')));
  await assert.rejects(apply(programOf(orders('a', { durability: 'memory' }))), {
    code: 'VRS6003',
    message: /orders.*VRSKY_FLOWS_1.*VRSKY_MEMORY_FLOWS_1/,
  });
});

test('destroying refuses while messages wait, unless told otherwise, and leaves other flows alone', async (t) => {
  const { apply, broker, cluster, destroy, record } = await setUp(t);
  await apply(programOf(orders('a'), graphOf('other', ['out'], [], ['out'])));
  await broker.publisher.publish('flow.orders.shape', Buffer.from('{}'), []);
  await assert.rejects(destroy('orders'), { code: 'VRS6004', message: /1 message/ });
  assert.equal(await destroy('orders', true), 1);
  assert.equal(await record('orders'), undefined);
  assert.deepEqual(
    (await cluster.listConsumers('VRSKY_FLOWS_1')).map(({ spec }) => spec.name),
    ['other_out'],
  );
  await assert.rejects(destroy('orders'), { code: 'VRS8404' });
});
