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

  function logged(message: Message, line: LogText): WriteOutcome {
    context.log(level, line, { id: message.id });
    return delivered;
  }

  /** Without a promise where no template needs one. */
  function write(message: Message): WriteOutcome | Promise<WriteOutcome> {
    try {
      if (template === undefined) {
        // What cannot be encoded fails, whatever is logged.
        message.payload.bytes();
        return logged(message, () => describeMessage(message));
      }
      const line = template.render(message);
      if (typeof line === 'string') return logged(message, oneLine(line));
      return line.then((text) => logged(message, oneLine(text))).catch(rejected);
    } catch (error) {
      return rejected(error);
    }
  }

  return {
    maxBatch: 64,
    // One batch after the other: lines come in the order of the messages.
    maxConcurrency: 1,
    write: async (batch) => {
      const outcomes: WriteOutcome[] = [];
      for (const message of batch) {
        const outcome = write(message);
        outcomes.push(outcome instanceof Promise ? await outcome : outcome);
      }
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
}

function rejected(thrown: unknown): WriteOutcome {
  const { message: why } = thrown as Error;
  return { kind: 'rejected', error: new PermanentError(why, { cause: thrown }) };
}
