// The log connector: writes a line of the engine's log for each message.
import {
  type ConnectorContext,
  defineConnector,
  type LogText,
  type Message,
  PermanentError,
  type Producer,
  type WriteOutcome,
} from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/log.schema.json' with { type: 'json' };
import type { LogProducerConfig } from './config.gen.ts';
import { describeMessage, oneLine } from './log-line.ts';

export const connector = defineConnector<never, LogProducerConfig>({
  id: 'log',
  schema,
  capabilities: {},
  check: async (role, config, context) => {
    if (role === 'consumer') throw new PermanentError('log has no consumer');
    if (config.message !== undefined) context.template(config.message);
  },
  producer: createProducer,
});

const delivered: WriteOutcome = { kind: 'delivered' };

function createProducer(config: LogProducerConfig, context: ConnectorContext): Producer {
  const template = config.message === undefined ? undefined : context.template(config.message);
  const level = config.level ?? 'info';

  /** What cannot be rendered or encoded fails here, whatever is logged. */
  async function lineOf(message: Message): Promise<LogText> {
    if (template !== undefined) return oneLine(await template.render(message));
    message.payload.bytes();
    return () => describeMessage(message);
  }

  async function write(message: Message): Promise<WriteOutcome> {
    try {
      context.log(level, await lineOf(message), { id: message.id });
      return delivered;
    } catch (thrown) {
      const { message: why } = thrown as Error;
      return { kind: 'rejected', error: new PermanentError(why, { cause: thrown }) };
    }
  }

  return {
    maxBatch: 64,
    // One batch after the other: lines come in the order of the messages.
    maxConcurrency: 1,
    write: async (batch) => {
      const outcomes: WriteOutcome[] = [];
      for (const message of batch) outcomes.push(await write(message));
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
}
