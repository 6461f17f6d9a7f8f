// Brings messages in from a core subject: nobody keeps them but this process, until they are stored.
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import {
  type ConsumerContext,
  type Delivery,
  DeliveryQueue,
  NotConnectedError,
  PermanentError,
} from '../../../engine/connector/index.ts';
import type { NatsConsumerConfig } from '../config.gen.ts';
import { drain } from './drain.ts';
import { contentOf } from './inbound.ts';
import type { OpenDeliveries } from './open-deliveries.ts';

/** Kept while the engine is busy; beyond this messages are lost. */
const maxWaiting = 65_536;
const maxWaitingBytes = 64 * 1024 * 1024;
const sayEveryMs = 10_000;

/** Ends once the flow stops and everything that was received is given. Throws PermanentError when the subject is forbidden, NotConnectedError when the connection is closed for good. */
export async function* fromSubject(
  config: NatsConsumerConfig,
  connection: NatsConnection,
  context: ConsumerContext,
  open: OpenDeliveries,
): AsyncGenerator<Delivery, void, undefined> {
  const inbox = new SubjectInbox(config, connection, context, open);
  try {
    yield* inbox.deliveries();
  } finally {
    inbox.close();
  }
}

class SubjectInbox {
  readonly #context: ConsumerContext;
  readonly #contentType: string | undefined;
  readonly #open: OpenDeliveries;
  readonly #queue = new DeliveryQueue<Msg>();
  readonly #close: () => void;
  #waitingBytes = 0;
  #lost = 0;
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    config: NatsConsumerConfig,
    connection: NatsConnection,
    context: ConsumerContext,
    open: OpenDeliveries,
  ) {
    this.#context = context;
    this.#contentType = config.contentType;
    this.#open = open;
    const subscription = connection.subscribe(config.subject, {
      // Every worker subscribes, and for a moment the versions before and after a change: in one group each message goes to one of them.
      queue: config.queue ?? `vrsky.${context.origin}.${context.name}`,
      callback: (error, message) => this.#receive(config.subject, error, message),
    });
    // Once the server has answered it sends everything that comes from then on.
    void connection.flush().then(context.listening, () => undefined);
    // What it sent before it heard of the end is ours.
    const end = () => void drain(subscription).then(() => this.#queue.end());
    context.signal.addEventListener('abort', end, { once: true });
    if (context.signal.aborted) end();
    void connection.closed().then((error) => this.#queue.fail(closedError(error)));
    this.#close = () => {
      context.signal.removeEventListener('abort', end);
      if (!subscription.isClosed()) subscription.unsubscribe();
      this.#reportRest();
    };
  }

  async *deliveries(): AsyncGenerator<Delivery, void, undefined> {
    for await (const message of this.#queue) {
      this.#waitingBytes -= message.data.byteLength;
      this.#open.add();
      yield this.#delivery(message);
    }
  }

  close(): void {
    this.#close();
  }

  #receive(subject: string, error: Error | null, message: Msg): void {
    if (error !== null) {
      this.#queue.fail(
        new PermanentError(`cannot subscribe to ${subject}: ${error.message}`, { cause: error }),
      );
    } else if (this.#queue.size >= maxWaiting || this.#waitingBytes >= maxWaitingBytes) this.#lose(subject);
    else this.#wait(message);
  }

  #wait(message: Msg): void {
    this.#waitingBytes += message.data.byteLength;
    this.#queue.push(message);
  }

  #delivery(message: Msg): Delivery {
    return {
      ...contentOf(message, this.#contentType),
      ack: () => {
        this.#open.remove();
        if (message.reply !== undefined && message.reply !== '') message.respond('+ACK');
      },
      nack: ({ kind, message: why, retryAfterMs }) => {
        this.#open.remove();
        if (kind === 'refused')
          this.#context.log('error', `a message on ${message.subject} can never be stored: ${why}`);
        // Nobody offers it again, so it waits here.
        else setTimeout(() => this.#wait(message), retryAfterMs).unref();
      },
    };
  }

  #lose(subject: string): void {
    this.#lost++;
    const now = performance.now();
    if (now - this.#saidAtMs < sayEveryMs) return;
    this.#saidAtMs = now;
    this.#context.log(
      'error',
      `${this.#lost} messages on ${subject} were lost: they come faster than they are stored; read a stream instead`,
    );
  }

  #reportRest(): void {
    const rest = this.#queue.takeBack().length;
    if (rest > 0)
      this.#context.log(
        'warn',
        `${rest} messages were received and not stored; core NATS does not send them again`,
      );
  }
}

function closedError(error: unknown): NotConnectedError {
  const why = error instanceof Error ? `: ${error.message}` : '';
  return new NotConnectedError(`the connection was closed${why}`, { cause: error });
}
