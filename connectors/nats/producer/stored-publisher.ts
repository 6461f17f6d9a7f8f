// Publishes into JetStream many at a time on one connection: one inbox for every answer, matched by number.
import { JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, errors, type NatsConnection } from '@nats-io/nats-core';
import { NotConnectedError, RetryableError, type WriteOutcome } from '../../../engine/connector/index.ts';
import type { Frame } from '../../../engine/connector/nats-wire/frame.ts';
import { type Wire, wireOf } from '../../../engine/connector/nats-wire/wire.ts';
import type { Outbound } from './outbound.ts';
import { delivered, publishFailure, rejected } from './outcome.ts';

/** What was sent together. Its publishes have consecutive numbers. */
interface Batch {
  readonly first: number;
  readonly sent: readonly Prepared[];
  readonly outcomes: WriteOutcome[];
  readonly done: (outcomes: readonly WriteOutcome[]) => void;
  readonly timer: NodeJS.Timeout;
  open: number;
}

/** A message as it is published, or why it cannot be. */
export type Prepared = Outbound | { readonly outcome: WriteOutcome };

const answerMs = 5_000;
const letterE = 0x65;
const letterR = 0x72;

/** The client's own publish makes a promise, a timer and a header object for each message: eight times the work. */
export class StoredPublisher {
  readonly connection: NatsConnection;
  readonly #inbox = createInbox();
  readonly #wire: Wire;
  /** By number of the publish. */
  readonly #unanswered = new Map<number, Batch>();
  #count = 0;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    const prefix = this.#inbox.length + 1;
    this.#wire = wireOf(connection);
    this.#wire.listen(`${this.#inbox}.*`, (frame) => this.#answer(frame.numberAfter(prefix) ?? -1, frame));
  }

  /** Sends all at once; resolves with what became of each when the last is answered, or nobody has answered in time. */
  send(sent: readonly Prepared[]): Promise<readonly WriteOutcome[]> {
    return new Promise((done) => {
      const first = this.#count;
      this.#count += sent.length;
      const timer = setTimeout(() => this.#giveUp(batch), answerMs);
      const outcomes = new Array<WriteOutcome>(sent.length);
      const batch: Batch = { first, sent, outcomes, done, timer, open: sent.length };
      for (let place = 0; place < sent.length; place++) this.#sendOne(batch, place);
    });
  }

  /** The server said that it will not take this subject; it answers nothing. */
  forbid(subject: string): void {
    for (const [number, batch] of this.#unanswered)
      if (subjectOf(batch, number) === subject)
        this.#settle(number, rejected(`these credentials may not publish to ${subject}`));
  }

  /** Answers to what was sent before will not come any more. */
  lost(): void {
    const error = new NotConnectedError('the connection was lost');
    for (const number of [...this.#unanswered.keys()]) this.#settle(number, { kind: 'retry', error });
  }

  #sendOne(batch: Batch, place: number): void {
    const prepared = batch.sent[place] as Prepared;
    const number = batch.first + place;
    this.#unanswered.set(number, batch);
    if ('outcome' in prepared) {
      this.#settle(number, prepared.outcome);
      return;
    }
    try {
      this.#wire.publish(prepared.subject, `${this.#inbox}.${number}`, prepared.headers, prepared.data);
    } catch (error) {
      this.#settle(number, publishFailure(error, prepared.subject));
    }
  }

  #giveUp(batch: Batch): void {
    for (let number = batch.first; number < batch.first + batch.sent.length; number++) {
      if (!this.#unanswered.has(number)) continue;
      const error = new RetryableError(`no acknowledgement for ${subjectOf(batch, number)} in time`);
      this.#settle(number, { kind: 'retry', error });
    }
  }

  #answer(number: number, answer: Frame): void {
    const batch = this.#unanswered.get(number);
    if (batch !== undefined) this.#settle(number, outcomeOf(subjectOf(batch, number), answer));
  }

  #settle(number: number, outcome: WriteOutcome): void {
    const batch = this.#unanswered.get(number);
    if (batch === undefined) return;
    this.#unanswered.delete(number);
    batch.outcomes[number - batch.first] = outcome;
    if (--batch.open > 0) return;
    clearTimeout(batch.timer);
    batch.done(batch.outcomes);
  }
}

function subjectOf(batch: Batch, number: number): string {
  const sent = batch.sent[number - batch.first] as Prepared;
  return 'outcome' in sent ? '' : sent.subject;
}

/** A PubAck that begins with `{"error"` is a refusal, a status without data means that nobody listens. */
function outcomeOf(subject: string, answer: Frame): WriteOutcome {
  if (answer.dataLength === 0)
    return publishFailure(
      new errors.RequestError('no responders', { cause: new errors.NoRespondersError(subject) }),
      subject,
    );
  const { bytes, dataAt } = answer;
  if (bytes[dataAt + 2] !== letterE || bytes[dataAt + 3] !== letterR) return delivered;
  const { error } = JSON.parse(answer.data.toString()) as {
    readonly error: ConstructorParameters<typeof JetStreamApiError>[0];
  };
  return publishFailure(new JetStreamApiError(error), subject);
}
