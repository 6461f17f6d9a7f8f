// Runs one stage: pulls its messages, runs the steps, publishes and delivers the results, and settles.

import type { CompiledFlow, Stage } from '../compile/program.ts';
import { jetStreamConsumer } from '../compile/topology.ts';
import type { Message } from '../payload/message.ts';
import { Attempt, type AttemptResult } from './attempt.ts';
import { deadLetterOf } from './dead-letter.ts';
import { decodeMessage, header } from './envelope.ts';
import type { FlowStats } from './flow-stats.ts';
import type { Broker, Inbound, Puller } from './ports.ts';
import type { ProducerQueue } from './producer-queue.ts';
import { judge } from './retry-policy.ts';
import type { StageFailure } from './stage-failure.ts';
import type { StageRun } from './stage-program.ts';
import type { TailSwitch, TraceOutcome } from './trace.ts';

/** What a running stage is made of. */
export interface StageRunnerParts {
  readonly flow: CompiledFlow;
  /** The stream its messages wait in; differs from the flow's own while a retiring stage is drained. */
  readonly stream: string;
  readonly stage: Stage;
  readonly run: StageRun;
  readonly producers: ReadonlyMap<string, ProducerQueue>;
  readonly broker: Broker;
  readonly stats: FlowStats;
  readonly tail: TailSwitch;
  /** Takes secrets out of a text before it is stored or shown. */
  readonly redact: (text: string) => string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const maxMessages = 512;
const maxBytes = 16 * 1024 * 1024;

export class StageRunner {
  readonly #parts: StageRunnerParts;
  #puller: Puller | undefined;

  constructor(parts: StageRunnerParts) {
    this.#parts = parts;
  }

  start(): void {
    const { broker, flow, stage, stream, log } = this.#parts;
    this.#puller = broker.pull({
      spec: jetStreamConsumer({ ...flow, stream }, stage.durable, stage.subject),
      maxMessages,
      maxBytes,
      onMessage: (inbound) => this.#process(inbound),
      onEvent: (event) => log('warn', `${flow.name}/${stage.name}: ${event}`),
    });
  }

  /** Stops pulling and waits until what is in hand is settled, at most `graceMs`; the rest is redelivered to others. */
  async stop(graceMs: number): Promise<void> {
    await this.#puller?.stop(graceMs);
  }

  #process(inbound: Inbound): void {
    const message = decodeMessage(inbound, this.#parts.flow.name);
    const attempt = new Attempt(this.#parts, inbound, (result) => this.#settle(inbound, message, result));
    try {
      const pending = this.#parts.run(message, attempt);
      if (pending === undefined) attempt.stepsDone();
      else
        pending.then(
          () => attempt.stepsDone(),
          (error: unknown) => attempt.stepsFailed(error),
        );
    } catch (error) {
      attempt.stepsFailed(error);
    }
  }

  #settle(inbound: Inbound, message: Message, result: AttemptResult): void {
    if (result.failure === undefined) this.#settleSuccess(inbound, message, result);
    else this.#settleFailure(inbound, message, result.failure);
  }

  #settleSuccess(inbound: Inbound, message: Message, result: AttemptResult): void {
    const { stats } = this.#parts;
    inbound.ack();
    stats.filtered += result.filtered.length;
    for (const producer of result.delivered) stats.countDelivered(producer);
    if (result.published === 0) stats.recordLatency(Date.now() - message.acceptedAt);
    const { delivered, filtered, published } = result;
    this.#report(inbound, message, { kind: 'settled', delivered, filtered, published });
  }

  #settleFailure(inbound: Inbound, message: Message, failure: StageFailure): void {
    const { flow, stats } = this.#parts;
    const startedAtMs = Number(inbound.header(header.retried)) || message.acceptedAt;
    const verdict = judge(flow.delivery, {
      failure,
      attempt: inbound.deliveries,
      startedAtMs,
      nowMs: Date.now(),
    });
    if (verdict.kind === 'dead') {
      this.#bury(inbound, message, failure, verdict.because);
      return;
    }
    stats.retried++;
    inbound.nak(verdict.delayMs);
    const error = this.#parts.redact(failure.message);
    this.#report(inbound, message, { kind: 'retry', node: failure.node, error, delayMs: verdict.delayMs });
  }

  /** Stores the dead letter first, then acknowledges: a crash in between repeats it under the same id. */
  #bury(inbound: Inbound, message: Message, failure: StageFailure, because: string): void {
    const { broker, flow, stage, stats, log, redact } = this.#parts;
    const letter = deadLetterOf(inbound, flow.name, stage, failure, because, new Date(), redact);
    broker.publisher.send(letter.subject, letter.data, letter.headers, letter.messageId, (error) => {
      if (error !== undefined) {
        log(
          'error',
          `${flow.name}/${stage.name}: cannot store a dead letter, trying again: ${error.message}`,
        );
        return inbound.nak(flow.delivery.backoff.maxMs);
      }
      inbound.ack();
      stats.deadLettered++;
      const cause = redact(failure.message);
      log(
        'warn',
        `${flow.name}/${stage.name}: dead letter ${message.id} at ${failure.node}: ${failure.code} ${cause}`,
      );
      this.#report(inbound, message, {
        kind: 'dead',
        node: failure.node,
        code: failure.code,
        error: cause,
        because,
      });
    });
  }

  #report(inbound: Inbound, message: Message, outcome: TraceOutcome): void {
    const { flow, stage, tail } = this.#parts;
    tail.report(inbound.header(header.trace), () => {
      const parent = inbound.header(header.traceParent);
      return {
        token: `${stage.name}:${inbound.streamSequence}`,
        ...(parent === undefined ? {} : { parent }),
        flow: flow.name,
        stage: stage.name,
        messageId: message.id,
        outcome,
        sinceAcceptedMs: Date.now() - message.acceptedAt,
        attempt: message.attempt,
      };
    });
  }
}
