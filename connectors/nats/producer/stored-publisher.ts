// Publishes into JetStream many at a time on one connection: one inbox for every answer, matched by number.
import { JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, errors, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { NotConnectedError, RetryableError, type WriteOutcome } from '../../../engine/connector/index.ts';
import type { Outbound } from './outbound.ts';
import { delivered, publishFailure, rejected } from './outcome.ts';

type Settle = (outcome: WriteOutcome) => void;

interface Unanswered {
  readonly subject: string;
  readonly settle: Settle;
}

const letterE = 0x65;

/** The client's own publish makes a promise, a timer and a header object for each message: eight times the work. */
export class StoredPublisher {
  readonly connection: NatsConnection;
  readonly #inbox = createInbox();
  readonly #unanswered = new Map<string, Unanswered>();
  #count = 0;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    const prefix = this.#inbox.length + 1;
    connection.subscribe(`${this.#inbox}.*`, {
      callback: (_error, message) => this.#answer(message.subject.slice(prefix), message),
    });
  }

  /** Sends now; `settle` is called once, unless nobody ever answers: see {@link forget}. Answers the number of the publish. */
  send({ subject, data, headers }: Outbound, settle: Settle): string {
    const token = (this.#count++).toString(36);
    this.#unanswered.set(token, { subject, settle });
    try {
      this.connection.publish(subject, data, { headers, reply: `${this.#inbox}.${token}` });
    } catch (error) {
      this.#settle(token, publishFailure(error, subject));
    }
    return token;
  }

  /** Gives up on those that are still unanswered. */
  giveUp(tokens: readonly string[]): void {
    for (const token of tokens) {
      const subject = this.#unanswered.get(token)?.subject;
      if (subject === undefined) continue;
      const error = new RetryableError(`no acknowledgement for ${subject} in time`);
      this.#settle(token, { kind: 'retry', error });
    }
  }

  /** The server said that it will not take this subject; it answers nothing. */
  forbid(subject: string): void {
    for (const [token, unanswered] of this.#unanswered) {
      if (unanswered.subject !== subject) continue;
      this.#settle(token, rejected(`these credentials may not publish to ${subject}`));
    }
  }

  /** Answers to what was sent before will not come any more. */
  lost(): void {
    const error = new NotConnectedError('the connection was lost');
    for (const token of [...this.#unanswered.keys()]) this.#settle(token, { kind: 'retry', error });
  }

  #answer(token: string, message: Msg): void {
    const subject = this.#unanswered.get(token)?.subject;
    if (subject !== undefined) this.#settle(token, outcomeOf(subject, message));
  }

  #settle(token: string, outcome: WriteOutcome): void {
    const unanswered = this.#unanswered.get(token);
    this.#unanswered.delete(token);
    unanswered?.settle(outcome);
  }
}

/** A PubAck that begins with `{"error"` is a refusal, a status without data means that nobody listens. */
function outcomeOf(subject: string, message: Msg): WriteOutcome {
  const { data } = message;
  if (data.byteLength === 0)
    return publishFailure(
      new errors.RequestError('no responders', { cause: new errors.NoRespondersError(subject) }),
      subject,
    );
  if (data[2] !== letterE || data[3] !== 0x72) return delivered;
  const { error } = message.json<{ error: ConstructorParameters<typeof JetStreamApiError>[0] }>();
  return publishFailure(new JetStreamApiError(error), subject);
}
