// Stands in for every connector of a flow: consumers that offer what a test gives, producers and lookups that answer as it says.
import type {
  Connector,
  ConnectorContext,
  ConsumerContext,
  Delivery,
  JsonObject,
  Lookup,
  Producer,
  WriteOutcome,
} from '../../connector/contract.ts';
import { PermanentError } from '../../connector/errors.ts';
import type { Message } from '../../payload/message.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Feed } from './feed.ts';
import { fieldRenderer, type RenderedFields } from './rendered-fields.ts';
import { errorOf, type Failure, type Found, inTurn, outcomeOf, timeoutMs } from './virtual-answers.ts';

/** A message that a producer was handed and took. */
export interface VirtualDelivery {
  readonly producer: string;
  readonly message: Message;
  readonly fields: RenderedFields;
  readonly atMs: number;
}

/** How the peers of a flow behave. Producers that are not named deliver everything; lookups that are not named refuse. */
export interface Peers {
  readonly producers: Readonly<Record<string, readonly Failure[]>>;
  /** By the name of the enrich step. */
  readonly lookups: Readonly<Record<string, readonly (Failure | Found)[]>>;
}

export interface VirtualConnectorParts {
  readonly clock: Clock;
  readonly peers: Peers;
  readonly onDelivery: (delivery: VirtualDelivery) => void;
}

/** A payload larger than this is no matter for a test. */
const maxPayloadBytes = 256 * 1024 * 1024;

export class VirtualConnectors {
  readonly #parts: VirtualConnectorParts;
  readonly #feeds = new Map<string, Feed<Delivery>>();

  constructor(parts: VirtualConnectorParts) {
    this.#parts = parts;
  }

  /** The same for every type: what the connector itself does is not part of the test. */
  readonly load = (type: string): Promise<Connector> =>
    Promise.resolve({
      id: type,
      schema: {},
      capabilities: {},
      consumer: (_config: JsonObject, context: ConsumerContext) =>
        this.#feed(context.name).until(context.signal),
      producer: (config: JsonObject, context: ConnectorContext) => this.#producer(config, context),
      lookup: (config: JsonObject, context: ConnectorContext) => this.#lookup(config, context),
    });

  /** Resolves when the flow has accepted the message; rejects when it refuses it. */
  offer(consumer: string, delivery: Omit<Delivery, 'ack' | 'nack'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#feed(consumer).add({
        ...delivery,
        ack: () => resolve(),
        nack: ({ message }) => reject(new Error(message)),
      });
    });
  }

  #feed(consumer: string): Feed<Delivery> {
    const feed = this.#feeds.get(consumer) ?? new Feed<Delivery>();
    this.#feeds.set(consumer, feed);
    return feed;
  }

  #producer(config: JsonObject, context: ConnectorContext): Producer {
    const { clock, onDelivery, peers } = this.#parts;
    const failures = inTurn(own(peers.producers, context.name) ?? []);
    const render = fieldRenderer(config, context);
    const write = async (message: Message, signal: AbortSignal): Promise<WriteOutcome> => {
      await message.payload.load(maxPayloadBytes, signal);
      const fields = await render(message);
      const failure = failures.next().value;
      if (failure?.kind === 'timeout') await clock.wait(timeoutMs, signal);
      if (failure !== undefined) return outcomeOf(failure);
      onDelivery({ producer: context.name, message, fields, atMs: clock.now() });
      return { kind: 'delivered' };
    };
    return {
      maxBatch: 1000,
      write: (batch, signal) => Promise.all(batch.map((message) => write(message, signal).catch(refused))),
      close: () => Promise.resolve(),
    };
  }

  #lookup(config: JsonObject, context: ConnectorContext): Lookup {
    const { clock, peers } = this.#parts;
    const answers = inTurn(own(peers.lookups, context.name) ?? []);
    const render = fieldRenderer(config, context);
    return {
      key: async (message) => [...(await render(message)).values()].join('\n'),
      find: async (_message, signal) => {
        const answer = answers.next().value;
        if (answer === undefined)
          throw new PermanentError(`the test does not say what the lookup of ${context.name} finds`);
        if (answer.kind === 'found') return answer.value;
        if (answer.kind === 'timeout') await clock.wait(timeoutMs, signal);
        throw errorOf(answer);
      },
      close: () => Promise.resolve(),
    };
  }
}

/** Connectors reject a message whose templates come to nothing. */
function refused(error: unknown): WriteOutcome {
  return { kind: 'rejected', error: error instanceof Error ? error : new Error(String(error)) };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
