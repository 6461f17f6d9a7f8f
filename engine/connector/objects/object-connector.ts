// A connector for a kind of bucket: how to open one is all that it has to say.
import type { ObjectBucket } from '../../payload/stores/object-bucket.ts';
import { type Connector, type ConnectorContext, defineConnector, type JsonSchema } from '../contract.ts';
import { checkFailure } from './connector-failure.ts';
import { consumeObjects } from './consume-objects.ts';
import type { ObjectConsumerConfig, ObjectProducerConfig } from './object-config.ts';
import { createObjectProducer } from './object-producer.ts';

export interface ObjectConnectorParts<Settings> {
  readonly id: string;
  readonly schema: JsonSchema;
  open(settings: Settings, context: ConnectorContext): ObjectBucket;
}

export function objectConnector<Settings>({
  id,
  schema,
  open,
}: ObjectConnectorParts<Settings>): Connector<
  Settings & ObjectConsumerConfig,
  Settings & ObjectProducerConfig
> {
  return defineConnector({
    id,
    schema,
    // Two workers polling the same prefix would store each object twice.
    capabilities: { singleton: true },
    async check(_role, config, context) {
      const bucket = open(config, context);
      try {
        await bucket.probe(context.signal);
      } catch (error) {
        throw checkFailure(error);
      } finally {
        bucket.close();
      }
    },
    consumer: (config, context) => consumeObjects(open(config, context), config, context),
    producer: (config, context) => createObjectProducer(open(config, context), config, context),
  });
}
