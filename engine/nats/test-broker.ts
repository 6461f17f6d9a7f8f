// A broker on a server of its own for integration tests, with a stream `FLOWS` for `flow.>`.
import type { TestContext } from 'node:test';
import type { JetStreamConsumerSpec, StreamSpec } from '../compile/program.ts';
import { connectBroker } from './connect.ts';

export const flowsStream: StreamSpec = {
  kind: 'stream',
  name: 'FLOWS',
  subjects: ['flow.>'],
  storage: 'file',
  retention: 'workqueue',
  replicas: 1,
  maxBytes: 64 * 1024 * 1024,
  maxMessagesPerSubject: 100_000,
  maxAgeMs: 0,
  duplicateWindowMs: 120_000,
  metadata: { 'vrsky-managed-by': 'vrsky' },
};

export const stageConsumer: JetStreamConsumerSpec = {
  kind: 'consumer',
  stream: 'FLOWS',
  name: 'orders_in',
  filterSubject: 'flow.orders.in',
  ackWaitMs: 10_000,
  maxAckPending: 10_000,
  metadata: {},
};

/** Connects to `url`; closed with the test. */
export async function connectTest(t: TestContext, url: string) {
  const connected = await connectBroker({ servers: [url], name: t.name.slice(0, 60) });
  t.after(() => connected.broker.close());
  return connected;
}
