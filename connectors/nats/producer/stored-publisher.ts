// Publishes into JetStream many at a time on one connection: one inbox for every answer, matched by number.
import { JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, errors, type NatsConnection } from '@nats-io/nats-core';
import { NotConnectedError, RetryableError, type WriteOutcome } from '../../../engine/connector/index.ts';
import type { Frame } from '../../../engine/connector/nats-wire/frame.ts';
import { type Listening, type Wire, wireOf } from '../../../engine/connector/nats-wire/wire.ts';
import type { Outbound } from './outbound.ts';
import { delivered, publishFailure, rejected } from './outcome.ts';

/** What was sent together. Its publishes have consecutive numbers. */
interface Batch {
  readonly first: number;
  readonly sent: readonly Prepared[];
  /** Undefined for those that are not answered. */
  readonly outcomes: (WriteOutcome | undefined)[];
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
  readonly #listening: Listening;
  /** Those with unanswered publishes, in the order of sending: a handful. */
  #open: Batch[] = [];
  #count = 0;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    const prefix = this.#inbox.length + 1;
    this.#wire = wireOf(connection);
    this.#listening = this.#wire.listen(`${this.#inbox}.*`, (frame) =>
      this.#answer(frame.numberAfter(prefix) ?? -1, frame),
    );
  }

  /** Sends all at once; resolves with what became of each when the last is answered, or nobody has answered in time. */
  send(sent: readonly Prepared[]): Promise<readonly WriteOutcome[]> {
    return new Promise((done) => {
      const first = this.#count;
      this.#count += sent.length;
      const timer = setTimeout(() => this.#giveUp(batch), answerMs);
      const outcomes = new Array<WriteOutcome | undefined>(sent.length).fill(undefined);
      const batch: Batch = { first, sent, outcomes, done, timer, open: sent.length };
      this.#open.push(batch);
      for (let place = 0; place < sent.length; place++) this.#sendOne(batch, place);
    });
  }

  /** The server said that it will not take this subject; it answers nothing. */
  forbid(subject: string): void {
    const outcome = rejected(`these credentials may not publish to ${subject}`);
    for (const batch of [...this.#open])
      this.#settleOpen(batch, (unanswered) => (unanswered === subject ? outcome : undefined));
  }

  /** Answers to what was sent before will not come any more. */
  lost(): void {
    const error = new NotConnectedError('the connection was lost');
    for (const batch of [...this.#open]) this.#settleOpen(batch, () => ({ kind: 'retry', error }));
  }

  /** Others may go on using the connection. */
  close(): void {
    this.lost();
    this.#listening.unsubscribe();
  }

  #sendOne(batch: Batch, place: number): void {
    const prepared = batch.sent[place] as Prepared;
    if ('outcome' in prepared) {
      this.#settle(batch, place, prepared.outcome);
      return;
    }
    try {
      const reply = `${this.#inbox}.${batch.first + place}`;
      this.#wire.publish(prepared.subject, reply, prepared.headers, prepared.data);
    } catch (error) {
      this.#settle(batch, place, publishFailure(error, prepared.subject));
    }
  }

  #giveUp(batch: Batch): void {
    this.#settleOpen(batch, (subject) => ({
      kind: 'retry',
      error: new RetryableError(`no acknowledgement for ${subject} in time`),
    }));
  }

  #answer(number: number, answer: Frame): void {
    const batch = this.#open.find(({ first, sent }) => number >= first && number < first + sent.length);
    if (batch === undefined) return;
    const place = number - batch.first;
    this.#settle(batch, place, outcomeOf(subjectAt(batch, place), answer));
  }

  /** Settles what is unanswered of a batch and has an outcome by its subject. */
  #settleOpen(batch: Batch, outcomeFor: (subject: string) => WriteOutcome | undefined): void {
    for (let place = 0; place < batch.sent.length; place++) {
      const outcome = batch.outcomes[place] ?? outcomeFor(subjectAt(batch, place));
      if (outcome !== undefined) this.#settle(batch, place, outcome);
    }
  }

  #settle(batch: Batch, place: number, outcome: WriteOutcome): void {
    if (batch.outcomes[place] !== undefined) return;
    batch.outcomes[place] = outcome;
    if (--batch.open > 0) return;
    clearTimeout(batch.timer);
    this.#open.splice(this.#open.indexOf(batch), 1);
    batch.done(batch.outcomes as readonly WriteOutcome[]);
  }
}

function subjectAt({ sent }: Batch, place: number): string {
  const prepared = sent[place] as Prepared;
  return 'outcome' in prepared ? '' : prepared.subject;
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
