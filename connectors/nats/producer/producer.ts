// Publishes messages to a subject: with JetStream's acknowledgement when asked for, else once the server has taken them.
import { setImmediate as turn } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';
import {
  type ConnectorContext,
  type Message,
  NotConnectedError,
  PermanentError,
  type Producer,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';
import { wireOf } from '../../../engine/connector/nats-wire/wire.ts';
import { enter, leave } from '../../../engine/connector/running.ts';
import type { NatsProducerConfig } from '../config.gen.ts';
import { Link } from './link.ts';
import { compileHeaders, type Outbound } from './outbound.ts';
import { delivered, publishFailure, rejected, unpublishable } from './outcome.ts';
import { type Prepared, StoredPublisher } from './stored-publisher.ts';
import { compileSubject } from './subject.ts';

const answerMs = 5_000;

interface Publisher {
  /** Sends a batch; resolves with what became of each. */
  publish(batch: readonly Prepared[], connection: NatsConnection): Promise<readonly WriteOutcome[]>;
  close(): void;
}

/** Connects with the first batch. Throws PermanentError for templates that are none. */
export function createProducer(config: NatsProducerConfig, context: ConnectorContext): Producer {
  const prepare = compileOutbound(config, context);
  const link = new Link(config, context);
  const stored = config.jetstream === true;
  const publisher = stored ? storedPublisher(link) : corePublisher(link);
  let before: Promise<unknown> = Promise.resolve();
  return {
    maxBatch: 256,
    // A batch is what came in one turn, often a few dozen, so many of them wait for their stream's answers: what a stage has in hand bounds them. Core
    // NATS tells refusals of one apart by sending no other.
    maxConcurrency: stored ? 64 : 1,
    write: async (batch, signal) => {
      const sending = before.then(async () => {
        const preparing = batch.map(prepare);
        // A promise for each message costs more than preparing it.
        const prepared = preparing.every(isPrepared) ? preparing : await Promise.all(preparing);
        const connection = await connected(link);
        return { answers: publisher.publish(prepared, connection) };
      });
      // The next batch is sent when this one was: messages keep their order.
      before = sending.catch(() => undefined);
      return withinAnswerTime(
        sending.then(({ answers }) => answers),
        batch.length,
        signal,
      );
    },
    close: () => {
      publisher.close();
      return link.close();
    },
  };
}

/** Without a promise where neither subject nor headers need one. */
function compileOutbound(
  config: NatsProducerConfig,
  context: ConnectorContext,
): (message: Message) => Prepared | Promise<Prepared> {
  const subjectOf = compileSubject(config.subject, context);
  const headersOf = compileHeaders(config, context);
  const withSubject = (message: Message, subject: string): Prepared | Promise<Prepared> => {
    const data = message.payload.bytes();
    const headers = headersOf(message, subject);
    if (!(headers instanceof Promise)) return { subject, data, headers };
    return headers.then((rendered) => ({ subject, data, headers: rendered }), failed);
  };
  return (message) => {
    try {
      const subject = subjectOf(message);
      if (typeof subject === 'string') return withSubject(message, subject);
      return subject.then((rendered) => withSubject(message, rendered)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  };
}

function isPrepared(preparing: Prepared | Promise<Prepared>): preparing is Prepared {
  return !(preparing instanceof Promise);
}

function failed(error: unknown): Prepared {
  return { outcome: unpublishable(error) };
}

/** Refused credentials are no fault of the messages: they wait until somebody mends them. */
async function connected(link: Link): Promise<NatsConnection> {
  try {
    return await link.connection();
  } catch (error) {
    if (error instanceof PermanentError) throw new NotConnectedError(error.message, { cause: error });
    throw error;
  }
}

/** All at once; each is answered when its stream has stored it. */
function storedPublisher(link: Link): Publisher {
  let publisher: StoredPublisher | undefined;
  link.onLost = () => publisher?.lost();
  link.onForbidden = (subject) => publisher?.forbid(subject);
  return {
    publish: (batch, connection) => {
      if (publisher?.connection !== connection) publisher = new StoredPublisher(connection);
      return publisher.send(batch);
    },
    close: () => publisher?.close(),
  };
}

function corePublisher(link: Link): Publisher {
  return { publish: (batch, connection) => publishCore(batch, connection, link), close: () => undefined };
}

/** Core NATS confirms nothing; a round trip shows at least that the server has taken what was sent before. */
async function publishCore(
  batch: readonly Prepared[],
  connection: NatsConnection,
  link: Link,
): Promise<readonly WriteOutcome[]> {
  const forbidden = new Set<string>();
  link.onForbidden = (subject) => void forbidden.add(subject);
  const outcomes = batch.map((prepared) =>
    'outcome' in prepared ? prepared.outcome : sendCore(prepared, connection),
  );
  try {
    wireOf(connection).flush();
    await connection.flush();
    // The server's refusals came before its answer to the flush, and are told in turns of their own.
    await turn();
  } catch (error) {
    throw new NotConnectedError(`the connection was lost: ${(error as Error).message}`, { cause: error });
  } finally {
    link.onForbidden = () => undefined;
  }
  if (forbidden.size === 0) return outcomes;
  return outcomes.map((outcome, place) => {
    const prepared = batch[place] as Prepared;
    if (outcome !== delivered || 'outcome' in prepared || !forbidden.has(prepared.subject)) return outcome;
    return rejected(`these credentials may not publish to ${prepared.subject}`);
  });
}

function sendCore({ subject, data, headers }: Outbound, connection: NatsConnection): WriteOutcome {
  try {
    wireOf(connection).publish(subject, '', headers, data);
    return delivered;
  } catch (error) {
    return publishFailure(error, subject);
  }
}

/** Rejects with RetryableError when the server does not answer, or the flow stops: what became of the batch is not known then. */
function withinAnswerTime(
  publishing: Promise<readonly WriteOutcome[]>,
  count: number,
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => {
      over();
      reject(new RetryableError(`${count} messages: ${why}`));
    };
    const waiting = { place: 0, abort: () => giveUp('stopped while waiting for the server') };
    const timer = setTimeout(giveUp, 2 * answerMs, 'no answer from the server');
    const over = () => {
      clearTimeout(timer);
      leave(signal, waiting);
    };
    enter(signal, waiting);
    if (signal.aborted) waiting.abort();
    publishing.finally(over).then(resolve, reject);
  });
}
