// The file connector: files of a directory in, files out.
import { access, constants, mkdir } from 'node:fs/promises';
import { type ConnectorContext, defineConnector, NotConnectedError } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/file.schema.json' with { type: 'json' };
import type { FileConsumerConfig, FileProducerConfig } from './config.gen.ts';
import { consume } from './consumer/consumer.ts';
import { assertWritable } from './consumer/directory-view.ts';
import { parseSettings } from './consumer/settings.ts';
import { createProducer } from './producer/producer.ts';
import { compileTarget } from './producer/target.ts';

export const connector = defineConnector<FileConsumerConfig, FileProducerConfig>({
  id: 'file',
  schema,
  capabilities: { singleton: true },
  check: (role, config, context) =>
    role === 'consumer'
      ? checkConsumer(config as FileConsumerConfig, context)
      : checkProducer(config as FileProducerConfig, context),
  consumer: (config, context) => consume(config, context),
  producer: createProducer,
});

async function checkConsumer(config: FileConsumerConfig, context: ConnectorContext): Promise<void> {
  const settings = parseSettings(config, context);
  await connected(settings.scan.directory, (folder) => access(folder, constants.R_OK));
  await assertWritable(settings);
}

async function checkProducer(config: FileProducerConfig, context: ConnectorContext): Promise<void> {
  const { root } = compileTarget(config, context);
  await connected(root, (folder) => mkdir(folder, { recursive: true }));
  await connected(root, (folder) => access(folder, constants.W_OK));
}

async function connected(folder: string, use: (folder: string) => Promise<unknown>): Promise<void> {
  try {
    await use(folder);
  } catch (error) {
    throw new NotConnectedError(`cannot use ${folder}: ${(error as Error).message}`, { cause: error });
  }
}
