// One try at one message of a stage: gathers outputs, waits until each is confirmed, reports once.

import { storeSubject } from '../compile/lanes.ts';
import type { CompiledFlow, Stage } from '../compile/program.ts';
import type { WriteOutcome } from '../connector/contract.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../connector/errors.ts';
import type { Message } from '../payload/message.ts';
import { encodeHeaders, header } from './envelope.ts';
import type { Outputs, StageTarget } from './outputs.ts';
import type { Broker, HeaderPairs, Inbound } from './ports.ts';
import type { ProducerQueue } from './producer-queue.ts';
import { StageFailure } from './stage-failure.ts';

export interface AttemptParts {
  readonly flow: CompiledFlow;
  readonly stage: Stage;
  readonly broker: Broker;
  readonly producers: ReadonlyMap<string, ProducerQueue>;
}

/** Either a failure, or everything that was confirmed. */
export interface AttemptResult {
  readonly failure: StageFailure | undefined;
  readonly delivered: readonly string[];
  readonly filtered: readonly { readonly node: string; readonly reason: string }[];
  readonly published: number;
}

/** Unacknowledged publishes at which steps are made to wait (a split of millions). */
const publishHighWater = 1024;

export class Attempt implements Outputs, AttemptResult {
  failure: StageFailure | undefined;
  readonly delivered: string[] = [];
  readonly filtered: { readonly node: string; readonly reason: string }[] = [];
  published = 0;
  readonly #parts: AttemptParts;
  readonly #inbound: Inbound;
  readonly #onDone: (result: AttemptResult) => void;
  /** Confirmations still missing, plus one for the steps. */
  #open = 1;

  constructor(parts: AttemptParts, inbound: Inbound, onDone: (result: AttemptResult) => void) {
    this.#parts = parts;
    this.#inbound = inbound;
    this.#onDone = onDone;
  }

  publish(target: StageTarget, message: Message): void | Promise<void> {
    const { publisher } = this.#parts.broker;
    const id = this.#derivedId(target);
    this.#open++;
    this.published++;
    const headers = encodeHeaders(message, this.#inheritedHeaders());
    const data = message.payload.bytes();
    const subject = storeSubject(target, message.orderKey);
    if (publisher.pending < publishHighWater) {
      publisher.send(subject, data, headers, id, (error) => this.#close(error, target.stage));
      return;
    }
    return new Promise((resolve) => {
      publisher.send(subject, data, headers, id, (error) => {
        this.#close(error, target.stage);
        resolve();
      });
    });
  }

  deliver(producer: string, message: Message): void {
    const queue = this.#parts.producers.get(producer);
    if (queue === undefined)
      throw new StageFailure(producer, new Error(`producer ${producer} is not running`), true);
    this.#open++;
    queue.push(message, (outcome) => {
      if (outcome.kind === 'delivered') this.delivered.push(producer);
      this.#close(outcome.kind === 'delivered' ? undefined : failureOf(producer, outcome), producer);
    });
  }

  filter(node: string, reason: string): void {
    this.filtered.push({ node, reason });
  }

  stepsDone(): void {
    this.#close(undefined, this.#parts.stage.entry);
  }

  stepsFailed(error: unknown): void {
    this.#close(error, this.#parts.stage.entry);
  }

  #close(error: unknown, node: string): void {
    if (error !== undefined) this.failure ??= StageFailure.of(node, error);
    this.#open--;
    if (this.#open === 0) this.#onDone(this);
  }

  /**
   * The same for every try of the same stored message, so that what an earlier try already published is stored once. Names the
   * target: after a change of the flow a retry may publish elsewhere, and that is a different message.
   */
  #derivedId(target: StageTarget): string {
    const { flow, stage } = this.#parts;
    return `${flow.name}/${stage.name}/${this.#inbound.streamSequence}/${target.stage}/${this.published}`;
  }

  #inheritedHeaders(): HeaderPairs {
    const trace = this.#inbound.header(header.trace);
    const retried = this.#inbound.header(header.retried);
    if (trace === undefined && retried === undefined) return [];
    const token = `${this.#parts.stage.name}:${this.#inbound.streamSequence}`;
    return [
      ...(trace === undefined
        ? []
        : ([
            [header.trace, trace],
            [header.traceParent, token],
          ] as const)),
      ...(retried === undefined ? [] : ([[header.retried, retried]] as const)),
    ];
  }
}

type Failed = Exclude<WriteOutcome, { readonly kind: 'delivered' }>;

function failureOf(producer: string, outcome: Failed): StageFailure {
  const code = outcome.kind === 'rejected' || outcome.error instanceof PermanentError ? 'VRS8302' : 'VRS8301';
  const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? askedToWait(outcome.error)) : undefined;
  const away = outcome.error instanceof NotConnectedError;
  return new StageFailure(producer, outcome.error, outcome.kind === 'retry', {
    code: away ? 'VRS8303' : code,
    afterMs,
  });
}

function askedToWait(error: Error): number | undefined {
  return error instanceof RetryableError ? error.afterMs : undefined;
}
