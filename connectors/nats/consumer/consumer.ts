// Brings messages in: from a JetStream stream when one is named, else from a core subject.
import type { ConsumerContext, Delivery } from '../../../engine/connector/index.ts';
import { closeConnection } from '../close.ts';
import type { NatsConsumerConfig } from '../config.gen.ts';
import { openConnection } from '../connect.ts';
import { fromStream } from './from-stream.ts';
import { fromSubject } from './from-subject.ts';
import { OpenDeliveries } from './open-deliveries.ts';

/** Acknowledgements that come later find the connection closed; JetStream then offers the messages again. */
const settleMs = 5_000;

/** Deliveries until the context's signal aborts. Throws as {@link openConnection}, {@link fromStream} and {@link fromSubject} do. */
export async function* consume(
  config: NatsConsumerConfig,
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const connection = await openConnection(config, context);
  const open = new OpenDeliveries();
  const { stream } = config;
  try {
    if (stream === undefined) yield* fromSubject(config, connection, context, open);
    else yield* fromStream({ ...config, stream }, connection, context, open);
  } finally {
    await open.settled(settleMs);
    await closeConnection(connection);
  }
}
