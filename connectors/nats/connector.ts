// The nats connector: core subjects or JetStream streams, in and out.
import { defineConnector } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/nats.schema.json' with { type: 'json' };
import type { NatsConsumerConfig, NatsProducerConfig } from './config.ts';
import { openConnection } from './connect.ts';
import { consume } from './consumer.ts';
import { createProducer } from './producer.ts';

export const connector = defineConnector<NatsConsumerConfig, NatsProducerConfig>({
  id: 'nats',
  schema,
  capabilities: {},
  check: async (_role, config, context) => {
    const connection = await openConnection(config, context);
    await connection.close();
  },
  consumer: consume,
  producer: createProducer,
});
