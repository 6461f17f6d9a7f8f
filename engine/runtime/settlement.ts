// Settles what a stage did with a message: acknowledges, tries again, or stores a dead letter; reports either.
import type { CompiledFlow, Stage } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';
import type { GroupJournal } from './aggregate/group-journal.ts';
import type { Member } from './aggregate/grouping.ts';
import type { AttemptResult } from './attempt.ts';
import type { Clock } from './clock.ts';
import { deadLetterOf } from './dead-letter.ts';
import type { DeliveryMemory } from './delivery-memory.ts';
import { header, holderOf } from './envelope.ts';
import type { FlowPayloads } from './flow-payloads.ts';
import type { FlowStats } from './flow-stats.ts';
import type { Broker } from './ports.ts';
import { judge } from './retry-policy.ts';
import type { StageFailure } from './stage-failure.ts';
import type { TailSwitch, TraceOutcome } from './trace.ts';
import { holdingsOf, type Turn } from './turn.ts';

export interface SettlementParts {
  readonly flow: CompiledFlow;
  readonly stage: Stage;
  readonly broker: Broker;
  readonly payloads: FlowPayloads;
  readonly stats: FlowStats;
  readonly tail: TailSwitch;
  readonly clock: Clock;
  /** Takes secrets out of a text before it is stored or shown. */
  readonly redact: (text: string) => string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Of an aggregate: what is stored is recorded before its members are acknowledged. */
  readonly aggregate?: { readonly journal: GroupJournal };
}

export class Settlement {
  readonly #parts: SettlementParts;
  readonly #memory: DeliveryMemory;
  readonly #again: (turn: Turn, delayMs: number) => void;

  /** `again` tries the turn once more after a while. */
  constructor(parts: SettlementParts, memory: DeliveryMemory, again: (turn: Turn, delayMs: number) => void) {
    this.#parts = parts;
    this.#memory = memory;
    this.#again = again;
  }

  settle(turn: Turn, result: AttemptResult): void {
    if (result.failure === undefined) this.succeed(turn, result);
    else this.fail(turn, result.failure);
  }

  succeed(turn: Turn, result: AttemptResult): void {
    const { stats, aggregate } = this.#parts;
    const { delivered, filtered, published } = result;
    stats.filtered += filtered.length;
    for (const producer of delivered) stats.countDelivered(producer);
    if (published === 0) stats.latency.record(this.#parts.clock.now() - turn.message.acceptedAt);
    if (this.#isWatched(turn)) this.#report(turn, { kind: 'settled', delivered, filtered, published });
    if (aggregate === undefined) this.#acknowledge(turn);
    else this.#acknowledgeGroup(turn, aggregate.journal);
  }

  fail(turn: Turn, failure: StageFailure): void {
    const { flow, stats, redact } = this.#parts;
    const { inbound, message } = turn;
    const startedAtMs = Number(inbound.header(header.retried)) || message.acceptedAt;
    const tried = { failure, attempt: message.attempt, startedAtMs, nowMs: this.#parts.clock.now() };
    const verdict = judge(flow.delivery, tried);
    if (verdict.kind === 'dead') {
      this.#buryPayloads(turn, failure, verdict.because);
      return;
    }
    stats.retried++;
    const error = redact(failure.message);
    this.#report(turn, { kind: 'retry', node: failure.node, error, delayMs: verdict.delayMs });
    this.#again(turn, verdict.delayMs);
  }

  #acknowledge(turn: Turn): void {
    if (turn.members === undefined) this.#acknowledgeAndRelease(turn);
    else for (const member of turn.members) this.#acknowledgeAndRelease(member);
    turn.done();
  }

  #acknowledgeAndRelease(holding: Member): void {
    this.#acknowledgeOne(holding);
    this.#releasePayload(holding);
  }

  #acknowledgeOne(holding: Member): void {
    holding.inbound.ack();
    this.#memory.settle(holding);
  }

  /** A holder that cannot be released now is taken for one in transit, and its object goes when it expires. */
  #releasePayload({ inbound, message }: Member): void {
    const { payloads, log, flow, stage } = this.#parts;
    const { reference } = message.payload;
    if (reference === undefined) return;
    payloads.release(reference, holderOf(inbound) ?? '').catch((error: Error) => {
      const place = `${flow.name}/${stage.name}`;
      log('warn', `${place}: payload ${reference.key} stays until it expires: ${error.message}`);
    });
  }

  /** A journal that cannot be written: the group stays in hand and is tried again; its result has the same id and is stored once. */
  #acknowledgeGroup(turn: Turn, journal: GroupJournal): void {
    const places = holdingsOf(turn).map(
      ({ inbound }) => [inbound.streamSequence, inbound.storedAtMs] as const,
    );
    journal.record(places, this.#parts.clock.steady()).then(
      () => this.#acknowledge(turn),
      (error: Error) => {
        const { flow, stage, log } = this.#parts;
        log('warn', `${flow.name}/${stage.name}: cannot record a group, trying again: ${error.message}`);
        this.#again(turn, flow.delivery.backoff.initialMs);
      },
    );
  }

  /** A dead letter keeps its payload: that is made sure of first. */
  #buryPayloads(turn: Turn, failure: StageFailure, because: string): void {
    const { payloads, flow } = this.#parts;
    const left = holdingsOf(turn);
    if (left.every(({ message }) => message.payload.reference === undefined)) {
      this.#bury(turn, failure, because, left);
      return;
    }
    const buried = left.map(({ inbound, message: { payload } }) =>
      payload.reference === undefined ? undefined : payloads.bury(payload.reference, holderOf(inbound) ?? ''),
    );
    Promise.all(buried).then(
      () => this.#bury(turn, failure, because, left),
      () => this.#again(turn, flow.delivery.backoff.maxMs),
    );
  }

  /** Stores the dead letters first, then acknowledges: a crash in between repeats it under the same id. */
  #bury(turn: Turn, failure: StageFailure, because: string, left: readonly Member[]): void {
    const { broker, flow, stage, stats, log, redact } = this.#parts;
    const [holding, ...others] = left;
    if (holding === undefined) {
      turn.done();
      return;
    }
    const { inbound } = holding;
    const { attempt: attempts } = turn.message;
    const dead = {
      inbound,
      flow: flow.name,
      stage,
      failure,
      because,
      attempts,
      now: new Date(this.#parts.clock.now()),
      redact,
    };
    const letter = deadLetterOf(dead);
    broker.publisher.send(letter.subject, letter.data, letter.headers, letter.messageId, (error) => {
      if (error !== undefined) {
        const place = `${flow.name}/${stage.name}`;
        log('error', `${place}: cannot store a dead letter, trying again: ${error.message}`);
        this.#again(turn, flow.delivery.backoff.maxMs);
        return;
      }
      this.#acknowledgeOne(holding);
      stats.deadLettered++;
      this.#reportDeath(turn, failure, because);
      this.#bury(turn, failure, because, others);
    });
  }

  #reportDeath(turn: Turn, failure: StageFailure, because: string): void {
    const { flow, stage, log, redact } = this.#parts;
    const error = redact(failure.message);
    const place = `${flow.name}/${stage.name}`;
    log('warn', `${place}: dead letter ${turn.message.id} at ${failure.node}: ${failure.code} ${error}`);
    this.#report(turn, { kind: 'dead', node: failure.node, code: failure.code, error, because });
  }

  /** Whether a report may find a reader; one that hardly any message has should not be put together for each. */
  #isWatched({ inbound, members }: Turn): boolean {
    return members !== undefined || this.#parts.tail.isWanted(inbound.header(header.trace));
  }

  /** Every stored message of a group reports an end; the first one that of the group. */
  #report({ inbound, message, members }: Turn, outcome: TraceOutcome): void {
    this.#reportOne(inbound, message, outcome);
    if (members === undefined || outcome.kind === 'retry') return;
    const absorbed = { kind: 'settled', delivered: [], filtered: [], published: 0 } as const;
    for (const member of members.slice(1)) this.#reportOne(member.inbound, member.message, absorbed);
  }

  #reportOne(inbound: Turn['inbound'], message: Message, outcome: TraceOutcome): void {
    const { flow, stage, tail } = this.#parts;
    const trace = inbound.header(header.trace);
    if (!tail.isWanted(trace)) return;
    const parent = inbound.header(header.traceParent);
    tail.report(trace, {
      token: `${stage.name}:${inbound.streamSequence}`,
      ...(parent === undefined ? {} : { parent }),
      flow: flow.name,
      stage: stage.name,
      messageId: message.id,
      outcome,
      sinceAcceptedMs: this.#parts.clock.now() - message.acceptedAt,
      attempt: message.attempt,
    });
  }
}
