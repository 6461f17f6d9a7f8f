// Feeds one producer: gathers messages into batches, bounds the writes under way, reports one outcome per message.
import type { Producer, WriteOutcome } from '../connector/contract.ts';
import { PermanentError, RetryableError } from '../connector/errors.ts';
import type { Message } from '../payload/message.ts';

export type OnOutcome = (outcome: WriteOutcome) => void;

interface Waiting {
  readonly message: Message;
  readonly done: OnOutcome;
}

/** One per producer of a running stage. */
export class ProducerQueue {
  readonly #producer: Producer;
  readonly #signal: AbortSignal;
  readonly #maxBatch: number;
  readonly #maxConcurrency: number;
  #waiting: Waiting[] = [];
  #writing = 0;
  #scheduled = false;

  constructor(producer: Producer, signal: AbortSignal) {
    this.#producer = producer;
    this.#signal = signal;
    this.#maxBatch = producer.maxBatch ?? 1;
    this.#maxConcurrency = producer.maxConcurrency ?? 16;
  }

  /** Calls `done` exactly once with what became of the message. */
  push(message: Message, done: OnOutcome): void {
    this.#waiting.push({ message, done });
    if (this.#scheduled || this.#writing >= this.#maxConcurrency) return;
    this.#scheduled = true;
    // Everything that arrives in this turn of the event loop may share a batch.
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#writing < this.#maxConcurrency) {
      const batch = this.#waiting.splice(0, this.#maxBatch);
      this.#writing++;
      void this.#write(batch);
    }
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const outcomes = await this.#outcomes(batch);
    this.#writing--;
    for (let index = 0; index < batch.length; index++)
      (batch[index] as Waiting).done(outcomes[index] as WriteOutcome);
    this.#start();
  }

  async #outcomes(batch: readonly Waiting[]): Promise<readonly WriteOutcome[]> {
    try {
      const messages = batch.map((waiting) => waiting.message);
      const outcomes = await this.#producer.write(messages, this.#signal);
      if (outcomes.length === batch.length) return outcomes;
      throw new Error(`the producer answered ${outcomes.length} outcomes for ${batch.length} messages`);
    } catch (error) {
      const outcome = outcomeOf(error);
      return batch.map(() => outcome);
    }
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
