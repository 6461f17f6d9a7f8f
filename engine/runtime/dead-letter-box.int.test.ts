// Dead letters go back to the stage that they are of, wherever that waits for messages now; or stay.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { compile } from '../compile/compile.ts';
import { laneOf } from '../compile/lanes.ts';
import type { CompiledFlow } from '../compile/program.ts';
import { graphOf, step } from '../compile/sample-graph.ts';
import { buckets, deadLetterStream } from '../compile/topology.ts';
import { withServer } from '../devserver/test-server.ts';
import { connectTest, flowsStream } from '../nats/test-broker.ts';
import { findDeadLetter, retryDeadLetter } from './dead-letter-box.ts';

/** The flow `orders`, ordered in so many lanes when `lanes` is given. */
function flowOf(first: string, lanes?: number): CompiledFlow {
  const ordering = lanes === undefined ? {} : { ordering: { key: 'id', lanes } };
  const graph = graphOf('orders', [first], [step(first, 'map', ['out'])], ['out'], ordering);
  return compile([graph], { tenant: 'default' }).value?.flows[0] as CompiledFlow;
}

/** A dead letter of `flow.orders.shape`, and the flow as it is by now. */
async function setUp(t: TestContext, flow: CompiledFlow) {
  const { url } = await withServer(t);
  const { broker, cluster } = await connectTest(t, url);
  const dead = { name: deadLetterStream, subjects: ['dead.>'], retention: 'limits' } as const;
  await cluster.createStream(flowsStream);
  await cluster.createStream({ ...flowsStream, ...dead });
  await cluster.createBucket({
    kind: 'bucket',
    name: buckets.programs,
    storage: 'file',
    replicas: 1,
    history: 1,
  });
  await (await broker.bucket(buckets.programs)).swap(flow.name, { flow, retiring: [] }, 0);
  const headers = [
    ['Vrsky-Id', 'm'],
    ['Vrsky-Order', 'a%20b'],
    ['Vrsky-Dead-Subject', 'flow.orders.shape'],
  ] as const;
  await broker.publisher.publish('dead.orders.shape', Buffer.from('{}'), headers, 'd');
  const { stored } = await findDeadLetter(cluster, 1);
  return { cluster, retry: () => retryDeadLetter(stored, cluster, broker, 5) };
}

test('a dead letter whose stage the flow has no more stays one: nobody would take it out of the stream', async (t) => {
  const { cluster, retry } = await setUp(t, flowOf('form'));
  await assert.rejects(retry, { code: 'VRS8405', message: /1 is of orders\/shape/ });
  assert.deepEqual(await cluster.messagesBySubject('FLOWS', '>'), {});
  assert.equal((await findDeadLetter(cluster, 1)).view.messageId, 'm');
});

test('a stage that has got lanes since gets it in the lane of its key', async (t) => {
  const { cluster, retry } = await setUp(t, flowOf('shape', 4));
  await retry();
  assert.deepEqual(await cluster.messagesBySubject('FLOWS', '>'), {
    [`flow.orders.shape.${laneOf('a b', 4)}`]: 1,
  });
  await assert.rejects(findDeadLetter(cluster, 1), { code: 'VRS8402' });
});
