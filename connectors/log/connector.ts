// The log connector: writes a line of the engine's log for each message.
import {
  type ConnectorContext,
  defineConnector,
  type Message,
  type Producer,
} from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/log.schema.json' with { type: 'json' };

export interface LogProducerConfig {
  readonly name: string;
  readonly type: 'log';
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  readonly message?: string;
}

/** Of a payload that is shown when there is no `message` template. */
const excerptBytes = 512;

export const connector = defineConnector<never, LogProducerConfig>({
  id: 'log',
  schema,
  capabilities: {},
  check: (_role, config, context) => {
    if (config.message !== undefined) context.template(config.message);
    return Promise.resolve();
  },
  producer: createProducer,
});

function createProducer(config: LogProducerConfig, context: ConnectorContext): Producer {
  const template = config.message === undefined ? undefined : context.template(config.message);
  const level = config.level ?? 'info';
  return {
    maxBatch: 64,
    maxConcurrency: 1,
    write: async (batch) => {
      for (const message of batch) {
        const text = template === undefined ? describe(message) : await template.render(message);
        context.log(level, text, { id: message.id });
      }
      return batch.map(() => ({ kind: 'delivered' }));
    },
    close: () => Promise.resolve(),
  };
}

function describe({ payload }: Message): string {
  const bytes = payload.bytes();
  const text = Buffer.from(bytes.subarray(0, excerptBytes)).toString('utf8');
  return bytes.byteLength > excerptBytes ? `${text}… (${bytes.byteLength} bytes)` : text;
}
