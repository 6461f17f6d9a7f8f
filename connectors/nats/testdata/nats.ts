// What the tests of the nats connector do over and over: a connection to look from, a producer, a consumer.
import assert from 'node:assert/strict';
import type { TestContext as NodeTest } from 'node:test';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createTestContext, type ConsumerRun, runConsumer, type TestContext } from '../../../engine/connector/conformance.ts';
import type { JsonValue, Message, WriteOutcome } from '../../../engine/connector/index.ts';
import type { NatsConsumerConfig, NatsProducerConfig } from '../config.gen.ts';
import { connector } from '../connector.ts';

export async function openTestConnection(
  t: NodeTest,
  url: string,
  access: { readonly user?: string; readonly pass?: string } = {},
): Promise<NatsConnection> {
  const connection = await connect({ servers: url, ...access });
  t.after(() => connection.close());
  return connection;
}

export type Write = (...messages: readonly Message[]) => Promise<readonly WriteOutcome[]>;

export async function openProducer(
  t: NodeTest,
  config: NatsProducerConfig,
  context: TestContext = createTestContext(),
): Promise<Write> {
  const producer = await connector.producer?.(config, context);
  assert.ok(producer);
  t.after(() => producer.close());
  return (...messages) => producer.write(messages, context.signal);
}

export function startConsumer(
  t: NodeTest,
  config: NatsConsumerConfig,
  options: {
    readonly flow?: string;
    readonly origin?: string;
    readonly name?: string;
    readonly cursor?: JsonValue | undefined;
  } = {},
): ConsumerRun {
  const run = runConsumer(connector, config, options);
  t.after(() => run.stop().catch(() => undefined));
  return run;
}

export const kinds = (outcomes: readonly WriteOutcome[]) => outcomes.map(({ kind }) => kind);
export const reason = (outcome: WriteOutcome | undefined) =>
  outcome === undefined || outcome.kind === 'delivered' ? 'delivered' : outcome.error.message;
