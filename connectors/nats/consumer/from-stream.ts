// Brings messages in from a JetStream stream, through a durable JetStream consumer of our own; acknowledged once stored here.
import {
  AckPolicy,
  type Consumer,
  type ConsumerInfo,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection, Subscription } from '@nats-io/nats-core';
import {
  type ConsumerContext,
  type Delivery,
  durationSetting,
  NotConnectedError,
  PermanentError,
} from '../../../engine/connector/index.ts';
import type { NatsConsumerConfig } from '../config.gen.ts';
import { drain } from './drain.ts';
import { contentOf } from './inbound.ts';
import type { OpenDeliveries } from './open-deliveries.ts';
import { findDurable, ownDurable } from './own-durable.ts';

/** Fetched ahead; the JetStream consumer's max_ack_pending bounds the number. */
const maxAheadBytes = 16 * 1024 * 1024;
const deliverPolicies = { all: DeliverPolicy.All, new: DeliverPolicy.New, last: DeliverPolicy.Last } as const;

export type StreamConfig = NatsConsumerConfig & { readonly stream: string };

/**
 * Ends with the flow. Throws NotConnectedError when stream or JetStream consumer are missing or the connection is closed for good,
 * PermanentError when the durable's name belongs to a JetStream consumer of another kind.
 */
export async function* fromStream(
  config: StreamConfig,
  connection: NatsConnection,
  context: ConsumerContext,
  open: OpenDeliveries,
): AsyncGenerator<Delivery, void, undefined> {
  const messages = await startPulling(config, connection, context);
  const ahead = messages[Symbol.asyncIterator]();
  const stop = () => void stopPulling(messages);
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  try {
    while (!context.signal.aborted) {
      const { value: message, done } = await ahead.next();
      if (done === true) break;
      open.add();
      yield delivery(config, message, open);
    }
  } catch (error) {
    throw streamFailure(config.stream, error);
  } finally {
    context.signal.removeEventListener('abort', stop);
    await Promise.all([stopPulling(messages), handBack(ahead)]);
  }
  if (!context.signal.aborted)
    throw new NotConnectedError(`the stream ${config.stream} is not read any more`);
}

/**
 * The client's own stop forgets what is on its way: it would keep its place among the unacknowledged until ack_wait, and after some
 * stops nothing more would be handed out. A drained subscription ends after the last of it.
 */
async function stopPulling(messages: ConsumerMessages): Promise<void> {
  const { sub } = messages as unknown as { readonly sub: Subscription };
  await drain(sub);
  messages.stop();
}

/** What was fetched ahead goes to others at once. Ends when the messages do. */
async function handBack(ahead: AsyncIterator<JsMsg>): Promise<void> {
  try {
    for (let next = await ahead.next(); next.done !== true; next = await ahead.next()) next.value.nak();
  } catch {
    // What cannot be handed back is offered again after ack_wait.
  }
}

async function startPulling(
  config: StreamConfig,
  connection: NatsConnection,
  context: ConsumerContext,
): Promise<ConsumerMessages> {
  try {
    const consumer = await durableConsumer(config, await jetstreamManager(connection), context);
    return await consumer.consume({ max_bytes: maxAheadBytes, abort_on_missing_resource: true });
  } catch (error) {
    throw streamFailure(config.stream, error);
  }
}

/** The durable as it is, or a new one. */
async function durableConsumer(
  config: StreamConfig,
  manager: JetStreamManager,
  context: ConsumerContext,
): Promise<Consumer> {
  const { stream } = config;
  const own = config.durable === undefined ? await ownDurable(stream, manager, context) : undefined;
  const durable = own?.name ?? (config.durable as string);
  const info = own === undefined ? await findDurable(manager, stream, durable) : own.info;
  if (info !== undefined) assertOurs(info, config.subject);
  else
    await manager.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: deliverPolicies[config.deliver ?? 'all'],
      filter_subject: config.subject,
      ack_wait: durationSetting('ackWait', config.ackWait ?? '30s') * 1e6,
      ...(own === undefined ? {} : { metadata: own.metadata }),
    });
  await own?.keep();
  return manager.jetstream().consumers.get(stream, durable);
}

/** Throws PermanentError: reading through somebody else's JetStream consumer would take their messages. */
function assertOurs({ name, config }: ConsumerInfo, subject: string): void {
  const filters = config.filter_subjects ?? [config.filter_subject ?? '>'];
  if (config.ack_policy === AckPolicy.Explicit && filters.length === 1 && filters[0] === subject) return;
  const what = `subject ${filters.join(', ')} and ack policy ${config.ack_policy}`;
  throw new PermanentError(
    `the durable ${name} exists with ${what} instead of ${subject} and explicit; delete it, or write another \`durable\``,
  );
}

function delivery(config: StreamConfig, message: JsMsg, open: OpenDeliveries): Delivery {
  return {
    ...contentOf(message, config.contentType),
    // A stream that is made anew counts from 1 again; the time tells the messages apart.
    id: `${config.stream}-${message.seq}-${message.timestampNanos}`,
    ack: () => {
      message.ack();
      open.remove();
    },
    nack: ({ kind, message: why, retryAfterMs }) => {
      if (kind === 'refused') message.term(why.slice(0, 200).replaceAll(/[\r\n]/g, ' '));
      else message.nak(retryAfterMs);
      open.remove();
    },
  };
}

function streamFailure(stream: string, thrown: unknown): Error {
  if (thrown instanceof PermanentError || thrown instanceof NotConnectedError) return thrown;
  return new NotConnectedError(`cannot read the stream ${stream}: ${(thrown as Error).message}`, {
    cause: thrown,
  });
}
