// Publishes messages to a subject: with JetStream's acknowledgement when asked for, else once the server has taken them.
import { setImmediate as turn } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import type { MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import {
  type ConnectorContext,
  type Message,
  NotConnectedError,
  PermanentError,
  type Producer,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';
import type { NatsProducerConfig } from '../config.gen.ts';
import { Link } from './link.ts';
import { compileHeaders } from './outbound.ts';
import { delivered, publishFailure, rejected, unpublishable } from './outcome.ts';
import { compileSubject } from './subject.ts';

interface Outbound {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
}

const answerMs = 5_000;

/** Connects with the first batch. Throws PermanentError for templates that are none. */
export function createProducer(config: NatsProducerConfig, context: ConnectorContext): Producer {
  const link = new Link(config, context);
  const prepare = compileOutbound(config, context);
  const publish = config.jetstream === true ? publishStored : publishCore;
  return {
    maxBatch: 256,
    // One batch after the other: messages keep their order.
    maxConcurrency: 1,
    write: async (batch, signal) => {
      const prepared = await Promise.all(batch.map(prepare));
      const connection = await connected(link, signal);
      return withinAnswerTime(publish(prepared, connection, link), batch.length, signal);
    },
    close: () => link.close(),
  };
}

type Prepared = Outbound | { readonly outcome: WriteOutcome };

function compileOutbound(
  config: NatsProducerConfig,
  context: ConnectorContext,
): (message: Message) => Promise<Prepared> {
  const subjectOf = compileSubject(config.subject, context);
  const headersOf = compileHeaders(config, context);
  return async (message) => {
    try {
      const subject = await subjectOf(message);
      return { subject, data: message.payload.bytes(), headers: await headersOf(message, subject) };
    } catch (error) {
      return { outcome: unpublishable(error) };
    }
  };
}

/** Refused credentials are no fault of the messages: they wait until somebody mends them. */
async function connected(link: Link, signal: AbortSignal): Promise<NatsConnection> {
  try {
    return await link.connection(signal);
  } catch (error) {
    if (error instanceof PermanentError) throw new NotConnectedError(error.message, { cause: error });
    throw error;
  }
}

/** All at once; each is answered when its stream has stored it. */
function publishStored(
  batch: readonly Prepared[],
  connection: NatsConnection,
): Promise<readonly WriteOutcome[]> {
  const client = jetstream(connection, { timeout: answerMs });
  return Promise.all(
    batch.map(async (prepared) => {
      if ('outcome' in prepared) return prepared.outcome;
      try {
        await client.publish(prepared.subject, prepared.data, { headers: prepared.headers });
        return delivered;
      } catch (error) {
        return publishFailure(error, prepared.subject);
      }
    }),
  );
}

/** Core NATS confirms nothing; a round trip shows at least that the server has taken what was sent before. */
async function publishCore(
  batch: readonly Prepared[],
  connection: NatsConnection,
  link: Link,
): Promise<readonly WriteOutcome[]> {
  link.takeForbidden();
  const outcomes = batch.map((prepared) =>
    'outcome' in prepared ? prepared.outcome : sendCore(prepared, connection),
  );
  try {
    await connection.flush();
  } catch (error) {
    throw new NotConnectedError(`the connection was lost: ${(error as Error).message}`, { cause: error });
  }
  // The server's refusals came before its answer to the flush, and are told in turns of their own.
  await turn();
  const forbidden = link.takeForbidden();
  if (forbidden.size === 0) return outcomes;
  return outcomes.map((outcome, place) => {
    const prepared = batch[place] as Prepared;
    if (outcome !== delivered || 'outcome' in prepared || !forbidden.has(prepared.subject)) return outcome;
    return rejected(`these credentials may not publish to ${prepared.subject}`);
  });
}

function sendCore({ subject, data, headers }: Outbound, connection: NatsConnection): WriteOutcome {
  try {
    connection.publish(subject, data, { headers });
    return delivered;
  } catch (error) {
    return publishFailure(error, subject);
  }
}

/** Throws RetryableError when the server does not answer, or the flow stops: what became of the batch is not known then. */
async function withinAnswerTime(
  publishing: Promise<readonly WriteOutcome[]>,
  count: number,
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const late = Promise.withResolvers<never>();
  const give = (why: string) => late.reject(new RetryableError(`${count} messages: ${why}`));
  const timer = setTimeout(() => give('no answer from the server'), 2 * answerMs);
  const abort = () => give('stopped while waiting for the server');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  publishing.catch(() => undefined);
  try {
    return await Promise.race([publishing, late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
