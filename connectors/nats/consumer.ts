// Brings messages in from a core subject or from a JetStream stream (acknowledged once stored here).
import { AckPolicy, DeliverPolicy, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import {
  type ConsumerContext,
  type Delivery,
  DeliveryQueue,
  durationSetting,
  NotConnectedError,
  Payload,
} from '../../engine/connector/index.ts';
import type { NatsConsumerConfig } from './config.ts';
import { openConnection } from './connect.ts';

/** Core messages kept while the engine is busy; nobody else keeps them, so beyond this the oldest news is that some were lost. */
const maxWaiting = 65_536;
const deliverPolicies = { all: DeliverPolicy.All, new: DeliverPolicy.New, last: DeliverPolicy.Last } as const;

export async function* consume(
  config: NatsConsumerConfig,
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const connection = await openConnection(config, context);
  try {
    yield* config.stream === undefined
      ? fromSubject(config, connection, context)
      : fromStream(config, config.stream, connection);
  } finally {
    await connection.close();
  }
}

async function* fromSubject(
  config: NatsConsumerConfig,
  connection: NatsConnection,
  context: ConsumerContext,
): AsyncGenerator<Delivery, void, undefined> {
  const queue = new DeliveryQueue<Delivery>();
  connection.subscribe(config.subject, {
    ...(config.queue === undefined ? {} : { queue: config.queue }),
    callback: (_error, message) => {
      if (queue.size >= maxWaiting)
        context.log(
          'error',
          `a message on ${message.subject} was lost: the engine is ${maxWaiting} messages behind; use a stream`,
        );
      else queue.push(coreDelivery(message, queue, context));
    },
  });
  void connection.closed().then(() => queue.end());
  yield* queue;
}

/** Core NATS does not offer a message again, so a busy engine tries until it is stored. */
function coreDelivery(message: Msg, queue: DeliveryQueue<Delivery>, context: ConsumerContext): Delivery {
  const delivery: Delivery = {
    ...contentOf(message.subject, message.data, message.headers),
    ack: () => {
      if (message.reply !== undefined && message.reply !== '') message.respond('+ACK');
    },
    nack: ({ kind, message: cause, retryAfterMs }) => {
      if (kind === 'refused')
        context.log('error', `a message on ${message.subject} can never be stored: ${cause}`);
      else setTimeout(() => queue.push(delivery), retryAfterMs).unref();
    },
  };
  return delivery;
}

async function* fromStream(
  config: NatsConsumerConfig,
  stream: string,
  connection: NatsConnection,
): AsyncGenerator<Delivery, void, undefined> {
  const durable = config.durable ?? `vrsky-${config.name}`;
  const manager = await jetstreamManager(connection);
  try {
    await manager.consumers.info(stream, durable).catch(() =>
      manager.consumers.add(stream, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: deliverPolicies[config.deliver ?? 'all'],
        filter_subject: config.subject,
        ack_wait: durationSetting('ackWait', config.ackWait ?? '30s') * 1e6,
      }),
    );
    const consumer = await jetstream(connection).consumers.get(stream, durable);
    for await (const message of await consumer.consume({ max_messages: 500 }))
      yield streamDelivery(stream, message);
  } catch (error) {
    throw new NotConnectedError(`cannot read the stream ${stream}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function streamDelivery(stream: string, message: JsMsg): Delivery {
  return {
    ...contentOf(message.subject, message.data, message.headers),
    id: `${stream}-${message.seq}`,
    ack: () => message.ack(),
    nack: ({ kind, retryAfterMs }) => (kind === 'refused' ? message.term() : message.nak(retryAfterMs)),
  };
}

function contentOf(subject: string, data: Uint8Array, headers: MsgHdrs | undefined) {
  const own: Record<string, string> = {};
  for (const [name, values] of headers ?? []) own[name.toLowerCase()] = values.join(', ');
  const payload = Payload.ofBytes(data, own['content-type'] ?? 'application/json');
  return { payload, headers: { ...own, subject }, key: subject };
}
