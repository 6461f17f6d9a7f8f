// Runs one stage: pulls its messages, runs the steps, publishes and delivers the results, and settles.

import type { CompiledFlow, Stage } from '../compile/program.ts';
import { jetStreamConsumer } from '../compile/topology.ts';
import type { Message } from '../payload/message.ts';
import { Attempt, type AttemptResult } from './attempt.ts';
import type { Clock } from './clock.ts';
import { deadLetterOf } from './dead-letter.ts';
import { decodeMessage, header } from './envelope.ts';
import type { FlowStats } from './flow-stats.ts';
import { KeySequence } from './lanes/key-sequence.ts';
import { LaneMemory } from './lanes/lane-memory.ts';
import type { Broker, Inbound, Puller } from './ports.ts';
import type { ProducerQueue } from './producer-queue.ts';
import { judge } from './retry-policy.ts';
import { StageFailure } from './stage-failure.ts';
import type { StageRun } from './stage-program.ts';
import type { TailSwitch, TraceOutcome } from './trace.ts';
import { enterAll, type Gate } from './waiting/gate.ts';

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
  /** The lane that this runner owns; absent on a stage without lanes. */
  readonly lane?: number;
  /** What messages wait for before they are tried. */
  readonly gates: readonly Gate[];
  /** Whether the message was processed before under another id. */
  readonly isDuplicate?: (message: Message) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const maxMessages = 512;
/** In a lane messages wait behind others with the same key: more of them must be in hand to keep other keys going. */
const maxLaneMessages = 2048;
const maxBytes = 16 * 1024 * 1024;

/** One message on its way through the stage. */
interface Turn {
  inbound: Inbound;
  message: Message;
  /** Called once, when the message is settled or given back. */
  done: () => void;
}

const nothing = () => undefined;

export class StageRunner {
  readonly #parts: StageRunnerParts;
  readonly #stopping = new AbortController();
  /** Keeps messages of the same key apart and knows those handed out twice; absent where any worker takes any message. */
  readonly #lane: { readonly sequence: KeySequence; readonly memory: LaneMemory } | undefined;
  #puller: Puller | undefined;

  constructor(parts: StageRunnerParts) {
    this.#parts = parts;
    this.#lane =
      parts.lane === undefined ? undefined : { sequence: new KeySequence(), memory: new LaneMemory() };
  }

  start(): void {
    const { broker, flow, stage, stream, lane, log } = this.#parts;
    this.#puller = broker.pull({
      spec: jetStreamConsumer({ name: flow.name, stream }, stage, lane),
      fresh: lane !== undefined,
      maxMessages: lane === undefined ? maxMessages : maxLaneMessages,
      maxBytes,
      onMessage: (inbound) => this.#receive(inbound),
      onEvent: (event) => log('warn', `${flow.name}/${stage.name}: ${event}`),
    });
  }

  /** Stops pulling and waits until what is in hand is settled, at most `graceMs`; the rest is redelivered to others. */
  async stop(graceMs: number): Promise<void> {
    const stopped = this.#puller?.stop(graceMs);
    // What only waits is given back at once.
    this.#stopping.abort();
    await stopped;
  }

  #receive(inbound: Inbound): void {
    const message = decodeMessage(inbound, this.#parts.flow.name);
    if (this.#lane === undefined) {
      this.#admit({ inbound, message, done: nothing });
      return;
    }
    const { memory, sequence } = this.#lane;
    if (memory.isKnown(inbound)) return;
    const turn: Turn = { inbound, message, done: nothing };
    memory.hold(turn);
    sequence.run(message.orderKey ?? '', (done) => {
      turn.done = done;
      this.#admit(turn);
    });
  }

  /** Lets the message wait where the stage says so, then tries it. */
  #admit(turn: Turn): void {
    const { gates } = this.#parts;
    const { signal } = this.#stopping;
    if (signal.aborted) {
      this.#giveBack(turn);
      return;
    }
    if (gates.length === 0) {
      this.#try(turn);
      return;
    }
    void enterAll(gates, turn.inbound, signal).then((entered) => {
      if (!entered) {
        this.#giveBack(turn);
        return;
      }
      const { done } = turn;
      turn.done = () => {
        for (const gate of gates) gate.leave();
        done();
      };
      this.#try(turn);
    });
  }

  #giveBack(turn: Turn): void {
    this.#lane?.memory.release(turn);
    turn.inbound.nak(0);
    turn.done();
  }

  #try(turn: Turn): void {
    const { isDuplicate } = this.#parts;
    if (isDuplicate === undefined) {
      this.#runSteps(turn);
      return;
    }
    isDuplicate(turn.message).then(
      (duplicate) => {
        if (duplicate) this.#settleSuccess(turn, duplicateOf(this.#parts.stage));
        else this.#runSteps(turn);
      },
      (error: unknown) => this.#settleFailure(turn, StageFailure.of(this.#parts.stage.entry, error)),
    );
  }

  #runSteps(turn: Turn): void {
    const attempt = new Attempt(this.#parts, turn.inbound, (result) => this.#settle(turn, result));
    try {
      const pending = this.#parts.run(turn.message, attempt);
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

  #settle(turn: Turn, result: AttemptResult): void {
    if (result.failure === undefined) this.#settleSuccess(turn, result);
    else this.#settleFailure(turn, result.failure);
  }

  #settleSuccess(turn: Turn, result: AttemptResult): void {
    const { stats } = this.#parts;
    const { inbound, message } = turn;
    this.#acknowledge(turn);
    stats.filtered += result.filtered.length;
    for (const producer of result.delivered) stats.countDelivered(producer);
    if (result.published === 0) stats.recordLatency(Date.now() - message.acceptedAt);
    const { delivered, filtered, published } = result;
    this.#report(inbound, message, { kind: 'settled', delivered, filtered, published });
    turn.done();
  }

  #acknowledge(turn: Turn): void {
    turn.inbound.ack();
    this.#lane?.memory.settle(turn);
  }

  #settleFailure(turn: Turn, failure: StageFailure): void {
    const { flow, stats } = this.#parts;
    const { inbound, message } = turn;
    const startedAtMs = Number(inbound.header(header.retried)) || message.acceptedAt;
    const verdict = judge(flow.delivery, {
      failure,
      attempt: message.attempt,
      startedAtMs,
      nowMs: Date.now(),
    });
    if (verdict.kind === 'dead') {
      this.#bury(turn, failure, verdict.because);
      return;
    }
    stats.retried++;
    this.#again(turn, verdict.delayMs);
    const error = this.#parts.redact(failure.message);
    this.#report(inbound, message, { kind: 'retry', node: failure.node, error, delayMs: verdict.delayMs });
  }

  /** In a lane the message stays in hand, with everything of its key behind it; elsewhere any worker may take the next try. */
  #again(turn: Turn, delayMs: number): void {
    if (this.#lane === undefined) {
      turn.inbound.nak(delayMs);
      turn.done();
      return;
    }
    const { signal } = this.#stopping;
    void this.#parts.clock.wait(delayMs, signal).then(() => {
      if (signal.aborted) {
        this.#giveBack(turn);
        return;
      }
      turn.message = { ...turn.message, attempt: turn.message.attempt + 1 };
      this.#try(turn);
    });
  }

  /** Stores the dead letter first, then acknowledges: a crash in between repeats it under the same id. */
  #bury(turn: Turn, failure: StageFailure, because: string): void {
    const { broker, flow, stage, stats, log, redact } = this.#parts;
    const { inbound, message } = turn;
    const { attempt: attempts } = message;
    const letter = deadLetterOf({
      inbound,
      flow: flow.name,
      stage,
      failure,
      because,
      attempts,
      now: new Date(),
      redact,
    });
    broker.publisher.send(letter.subject, letter.data, letter.headers, letter.messageId, (error) => {
      if (error !== undefined) {
        log(
          'error',
          `${flow.name}/${stage.name}: cannot store a dead letter, trying again: ${error.message}`,
        );
        this.#again(turn, flow.delivery.backoff.maxMs);
        return;
      }
      this.#acknowledge(turn);
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
      turn.done();
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

function duplicateOf({ entry }: Stage): AttemptResult {
  const filtered = [{ node: entry, reason: 'a message with the same idempotency key was accepted before' }];
  return { failure: undefined, delivered: [], filtered, published: 0 };
}
