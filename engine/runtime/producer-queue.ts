// Feeds one producer: gathers messages into batches, bounds the writes under way, pauses when the other side is down.
import type { Producer, WriteOutcome } from '../connector/contract.ts';
import { PermanentError, RetryableError } from '../connector/errors.ts';
import type { BatchDefinition, BreakerDefinition } from '../flow/graph.ts';
import type { Message } from '../payload/message.ts';
import { Breaker } from './breaker.ts';
import type { Clock } from './clock.ts';

export type OnOutcome = (outcome: WriteOutcome) => void;

export interface ProducerQueueParts {
  readonly producer: Producer;
  readonly batch: BatchDefinition;
  readonly breaker: BreakerDefinition;
  /** How long after its acceptance a message is tried; then it waits for the producer no longer. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn', message: string) => void;
}

/** Nothing failed: the stage stops before the message was tried, and whoever takes it next tries it. */
export class NotTriedError extends RetryableError {
  override readonly name = 'NotTriedError';
}

interface Waiting {
  readonly message: Message;
  readonly bytes: number;
  readonly sinceMs: number;
  readonly done: OnOutcome;
  /** Aborts when the stage that the message comes from stops. */
  readonly stopping: AbortSignal | undefined;
}

/** One per producer of a running stage. */
export class ProducerQueue {
  readonly #parts: ProducerQueueParts;
  readonly #breaker: Breaker;
  readonly #maxBatch: number;
  readonly #maxConcurrency: number;
  #waiting: Waiting[] = [];
  readonly #restMs: number;
  /** When the last batch began. */
  #begunMs = Number.NEGATIVE_INFINITY;
  #writing = 0;
  #scheduled = false;
  #timer: Promise<void> | undefined;

  constructor(parts: ProducerQueueParts) {
    const { producer, batch } = parts;
    this.#parts = parts;
    this.#breaker = new Breaker(parts.breaker);
    this.#maxBatch = producer.maxBatch === undefined ? 1 : (batch.messages ?? producer.maxBatch);
    this.#maxConcurrency = producer.maxConcurrency ?? 16;
    this.#restMs = producer.restMs ?? 0;
  }

  /** Messages that are written at once at most. */
  get capacity(): number {
    return this.#maxBatch * this.#maxConcurrency;
  }

  /** Whether it takes payloads as a stream. */
  get streams(): boolean {
    return this.#parts.producer.streams === true;
  }

  /** Calls `done` exactly once with what became of the message. */
  push(message: Message, done: OnOutcome, stopping?: AbortSignal): void {
    const { batch, clock } = this.#parts;
    const bytes = this.#maxBatch === 1 ? 0 : sizeOf(message);
    const sinceMs = batch.waitMs === 0 ? 0 : clock.steady();
    this.#waiting.push({ message, bytes, sinceMs, done, stopping });
    if (this.#scheduled || this.#writing >= this.#maxConcurrency) return;
    this.#scheduled = true;
    // Everything that arrives in this turn of the event loop may share a batch.
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  /** A stage stops: its messages that wait until the other side is back do so elsewhere. Those that can be written still are. */
  giveBack(): void {
    if (this.#breaker.state === 'closed') return;
    const leaving = this.#waiting.filter(({ stopping }) => stopping?.aborted === true);
    if (leaving.length === 0) return;
    this.#waiting = this.#waiting.filter(({ stopping }) => stopping?.aborted !== true);
    for (const waiting of leaving) waiting.done(notTried);
  }

  #start(): void {
    if (this.#parts.signal.aborted) {
      this.#giveUp();
      return;
    }
    const most = this.#breaker.state === 'probing' ? 1 : this.#maxConcurrency;
    while (this.#waiting.length > 0 && this.#writing < most && this.#breaker.state !== 'open') {
      const count = this.#nextBatch();
      if (count === 0) return;
      this.#writing++;
      if (this.#restMs > 0) this.#begunMs = this.#parts.clock.steady();
      void this.#write(this.#waiting.splice(0, count));
    }
  }

  /** How many of those that wait go now; 0 when they should wait for more. */
  #nextBatch(): number {
    if (this.#breaker.state === 'probing' || this.#maxBatch === 1) return 1;
    const { batch, clock } = this.#parts;
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && (count === this.#maxBatch || bytes > batch.bytes)) return count;
      count++;
    }
    const isFull = count === this.#maxBatch || bytes >= batch.bytes;
    if (isFull || (batch.waitMs === 0 && this.#restMs === 0)) return count;
    const gathered = (this.#waiting[0] as Waiting).sinceMs + batch.waitMs;
    const leftMs = Math.max(gathered, this.#begunMs + this.#restMs) - clock.steady();
    if (leftMs <= 0) return count;
    this.#lookAgain(leftMs);
    return 0;
  }

  #lookAgain(ms: number): void {
    const { clock, signal } = this.#parts;
    this.#timer ??= clock.wait(ms, signal).then(() => {
      this.#timer = undefined;
      this.#breaker.probe();
      this.#start();
    });
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const outcomes = await this.#outcomes(batch);
    this.#writing--;
    // What fails while a probe is under way is not spent on the message.
    const isProbing = this.#breaker.state === 'probing';
    for (const outcome of outcomes) this.#learn(outcome);
    const held: Waiting[] = [];
    for (let index = 0; index < batch.length; index++) {
      const waiting = batch[index] as Waiting;
      const outcome = outcomes[index] as WriteOutcome;
      if (isProbing && outcome.kind === 'retry') held.push(waiting);
      else waiting.done(outcome);
    }
    const failure = outcomes.find(({ kind }) => kind === 'retry');
    if (isProbing && failure !== undefined) this.#holdOn(held, failure);
    this.giveBack();
    if (this.#breaker.state === 'open' && !this.#parts.signal.aborted)
      this.#lookAgain(this.#parts.breaker.probeMs);
    else this.#start();
  }

  #learn(outcome: WriteOutcome): void {
    const { breaker, log } = this.#parts;
    if (outcome.kind !== 'retry') {
      if (this.#breaker.answered()) log('info', 'answers again: going on');
    } else if (this.#breaker.failed()) {
      const often = `${breaker.failures} deliveries in a row failed`;
      log('warn', `${often} (${outcome.error.message}): paused, asking every ${breaker.probeMs / 1000} s`);
    }
  }

  /** What failed goes back to the front; whoever has waited past the deadline hears of the failure. */
  #holdOn(failed: readonly Waiting[], outcome: WriteOutcome): void {
    const { clock, deadlineMs } = this.#parts;
    const all = [...failed, ...this.#waiting];
    const over = (waiting: Waiting) => clock.now() - waiting.message.acceptedAt > deadlineMs;
    this.#waiting = all.filter((waiting) => !over(waiting));
    for (const waiting of all.filter(over)) waiting.done(outcome);
  }

  /** The flow has stopped: whoever runs it next tries again. */
  #giveUp(): void {
    for (const waiting of this.#waiting.splice(0)) waiting.done(notTried);
  }

  async #outcomes(batch: readonly Waiting[]): Promise<readonly WriteOutcome[]> {
    const { producer, signal } = this.#parts;
    try {
      const messages = batch.map((waiting) => waiting.message);
      const outcomes = await producer.write(messages, signal);
      if (outcomes.length === batch.length) return outcomes;
      throw new Error(`the producer answered ${outcomes.length} outcomes for ${batch.length} messages`);
    } catch (error) {
      const outcome = outcomeOf(error);
      return batch.map(() => outcome);
    }
  }
}

const notTried: WriteOutcome = { kind: 'retry', error: new NotTriedError('the flow was stopped') };

/** Of the payload. What cannot be written at all is found out by the producer. */
function sizeOf({ payload }: Message): number {
  if (payload.content !== undefined) return payload.content.size ?? 0;
  try {
    return payload.bytes().byteLength;
  } catch {
    return 0;
  }
}

/** What a thrown error says about every message of its batch. */
function outcomeOf(thrown: unknown): WriteOutcome {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof PermanentError) return { kind: 'rejected', error };
  if (error instanceof RetryableError && error.afterMs !== undefined) {
    return { kind: 'retry', error, afterMs: error.afterMs };
  }
  return { kind: 'retry', error };
}
