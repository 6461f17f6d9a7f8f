// Publishes messages to a subject, with JetStream's acknowledgement when asked for.
import { jetstream } from '@nats-io/jetstream';
import { headers as createHeaders, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import {
  type ConnectorContext,
  type Message,
  type MessageTemplate,
  NotConnectedError,
  PermanentError,
  type Producer,
  RetryableError,
  type WriteOutcome,
} from '../../engine/connector/index.ts';
import type { NatsProducerConfig } from './config.ts';
import { openConnection } from './connect.ts';

export async function createProducer(
  config: NatsProducerConfig,
  context: ConnectorContext,
): Promise<Producer> {
  const subject = context.template(config.subject);
  const headers = Object.entries(config.headers ?? {}).map(
    ([name, source]) => [name, context.template(source)] as const,
  );
  const connection = await openConnection(config, context);
  const publish = config.jetstream === true ? storedPublish(connection) : corePublish(connection);
  const deliver = async (message: Message): Promise<WriteOutcome> => {
    try {
      await publish(
        checkedSubject(await subject.render(message)),
        message.payload.bytes(),
        await headersOf(message, headers),
      );
      return { kind: 'delivered' };
    } catch (error) {
      return failed(error);
    }
  };
  return {
    maxBatch: 256,
    maxConcurrency: 4,
    write: async (batch) => {
      const outcomes = await Promise.all(batch.map(deliver));
      // Core NATS confirms nothing; a round trip at least shows that the server took what was sent.
      if (config.jetstream !== true) await flushed(connection);
      return outcomes;
    },
    close: () => connection.close(),
  };
}

type Publish = (subject: string, data: Uint8Array, headers: MsgHdrs) => void | Promise<void>;

function corePublish(connection: NatsConnection): Publish {
  return (subject, data, headers) => connection.publish(subject, data, { headers });
}

function storedPublish(connection: NatsConnection): Publish {
  const client = jetstream(connection);
  return async (subject, data, headers) => {
    await client.publish(subject, data, { headers });
  };
}

async function flushed(connection: NatsConnection): Promise<void> {
  try {
    await connection.flush();
  } catch (error) {
    throw new NotConnectedError(`the connection was lost: ${(error as Error).message}`, { cause: error });
  }
}

/** Message data may fill tokens, never widen the subject: no wildcards, spaces, or empty tokens. */
function checkedSubject(subject: string): string {
  const isSubject = /^[^\s*>.]+(?:\.[^\s*>.]+)*$/.test(subject) && !subject.startsWith('$');
  if (!isSubject)
    throw new PermanentError(`${JSON.stringify(subject.slice(0, 200))} is not a subject to publish to`);
  return subject;
}

async function headersOf(
  message: Message,
  templates: readonly (readonly [string, MessageTemplate])[],
): Promise<MsgHdrs> {
  const headers = createHeaders();
  headers.set('Content-Type', message.payload.contentType);
  headers.set('Nats-Msg-Id', message.id);
  for (const [name, value] of Object.entries(message.headers)) headers.set(name, value);
  for (const [name, template] of templates) headers.set(name, await template.render(message));
  return headers;
}

function failed(thrown: unknown): WriteOutcome {
  const error = thrown as Error & { readonly code?: unknown };
  if (error instanceof PermanentError) return { kind: 'rejected', error };
  if (/max_payload|message size exceeds/i.test(error.message))
    return { kind: 'rejected', error: new PermanentError(error.message, { cause: error }) };
  if (/^VRS4|^[DST]\d{4}$/.test(String(error.code)))
    return { kind: 'rejected', error: new PermanentError(error.message, { cause: error }) };
  return { kind: 'retry', error: new RetryableError(error.message, { cause: error }) };
}
