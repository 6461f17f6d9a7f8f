// The http connector: webhooks in, requests out.
import { defineConnector } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/http.schema.json' with { type: 'json' };
import type { HttpConsumerConfig, HttpLookupConfig, HttpProducerConfig } from './config.ts';
import { checkConsumer } from './consumer/check.ts';
import { consume } from './consumer/consumer.ts';
import { createLookup } from './lookup/lookup.ts';
import { checkProducer } from './producer/check.ts';
import { createProducer } from './producer/producer.ts';

export const connector = defineConnector<HttpConsumerConfig, HttpProducerConfig, HttpLookupConfig>({
  id: 'http',
  schema,
  capabilities: {},
  isLive: () => true,
  check: (role, config, context) =>
    role === 'consumer'
      ? checkConsumer(config as HttpConsumerConfig, context)
      : checkProducer(config as HttpProducerConfig, context),
  consumer: consume,
  producer: createProducer,
  lookup: createLookup,
});
