// The file connector: files of a directory in, files out.
import { access, constants, mkdir } from 'node:fs/promises';
import { type ConnectorContext, defineConnector, NotConnectedError } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/file.schema.json' with { type: 'json' };
import type { FileConsumerConfig, FileProducerConfig } from './config.ts';
import { consume } from './consumer/consumer.ts';
import { createProducer } from './producer/producer.ts';

export const connector = defineConnector<FileConsumerConfig, FileProducerConfig>({
  id: 'file',
  schema,
  capabilities: { singleton: true },
  check: (role, config, context) => checkDirectory(role, config.directory ?? '.', context),
  consumer: consume,
  producer: createProducer,
});

async function checkDirectory(
  role: 'consumer' | 'producer',
  directory: string,
  context: ConnectorContext,
): Promise<void> {
  const folder = context.resolvePath(directory);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | (role === 'producer' ? constants.W_OK : 0));
  } catch (error) {
    throw new NotConnectedError(`cannot use ${folder}: ${(error as Error).message}`, { cause: error });
  }
}
