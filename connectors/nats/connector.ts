// The nats connector: core subjects or JetStream streams, in and out.
import { jetstreamManager } from '@nats-io/jetstream';
import { type ConnectorContext, defineConnector, NotConnectedError } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/nats.schema.json' with { type: 'json' };
import { closeConnection } from './close.ts';
import type { NatsConsumerConfig, NatsProducerConfig } from './config.gen.ts';
import { openConnection } from './connect.ts';
import { consume } from './consumer/consumer.ts';
import { createProducer } from './producer/producer.ts';

export const connector = defineConnector<NatsConsumerConfig, NatsProducerConfig>({
  id: 'nats',
  schema,
  capabilities: {},
  isLive: ({ stream }) => stream === undefined,
  check: async (_role, config, context) => {
    const stream = 'stream' in config ? config.stream : undefined;
    await checkAccess(config, stream, context);
  },
  consumer: consume,
  producer: createProducer,
});

async function checkAccess(
  config: NatsConsumerConfig | NatsProducerConfig,
  stream: string | undefined,
  context: ConnectorContext,
): Promise<void> {
  const connection = await openConnection(config, context);
  try {
    if (stream === undefined) await connection.flush();
    else await (await jetstreamManager(connection)).streams.info(stream);
  } catch (error) {
    const what = stream === undefined ? 'the servers' : `the stream ${stream}`;
    throw new NotConnectedError(`cannot use ${what}: ${(error as Error).message}`, { cause: error });
  } finally {
    await closeConnection(connection);
  }
}
