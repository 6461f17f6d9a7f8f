// Runs one stage: pulls its messages, lets them wait where the stage says so, and runs the steps.
import { jetStreamConsumer } from '../compile/topology.ts';
import { type Message, withPayload } from '../payload/message.ts';
import { type AggregateStage, groupMessage } from './aggregate/aggregate-stage.ts';
import { Gathering } from './aggregate/gathering.ts';
import type { Member } from './aggregate/grouping.ts';
import { Attempt, type AttemptParts, type AttemptResult } from './attempt.ts';
import { DeliveryMemory } from './delivery-memory.ts';
import { decodeMessage, holderOf } from './envelope.ts';
import { inHandOf } from './in-hand.ts';
import { KeySequence } from './lanes/key-sequence.ts';
import type { Inbound, Puller } from './ports.ts';
import { NotTriedError, type ProducerQueue } from './producer-queue.ts';
import type { SettledMemory } from './settled-memory.ts';
import { Settlement, type SettlementParts } from './settlement.ts';
import { StageFailure } from './stage-failure.ts';
import type { StageRun } from './stage-program.ts';
import { stopReason } from './stop-reason.ts';
import { holdingsOf, type Turn } from './turn.ts';
import { enterAll, type Gate } from './waiting/gate.ts';

/** What a running stage is made of. */
export interface StageRunnerParts extends SettlementParts {
  /** The stream its messages wait in; differs from the flow's own while a retiring stage is drained. */
  readonly stream: string;
  readonly run: StageRun;
  readonly producers: ReadonlyMap<string, ProducerQueue>;
  /** The lane that this runner owns; absent on a stage without lanes. */
  readonly lane?: number;
  /** Of the worker. */
  readonly settled: SettledMemory;
  /** What messages wait for before they are tried. */
  readonly gates: readonly Gate[];
  /** Whether the message was processed before under another id. */
  readonly isDuplicate?: (message: Message) => Promise<boolean>;
  /** When the stage gathers messages into groups. */
  readonly aggregate?: AggregateStage;
}

const nothing = () => undefined;

export class StageRunner {
  readonly #parts: StageRunnerParts;
  readonly #stopping = new AbortController();
  readonly #memory: DeliveryMemory;
  /** Keeps messages of the same key apart; absent where any worker takes any message. */
  readonly #sequence: KeySequence | undefined;
  readonly #gathering: Gathering | undefined;
  readonly #settlement: Settlement;
  readonly #attemptParts: AttemptParts;
  readonly #settle = (turn: Turn, result: AttemptResult) => {
    // Before anything failed for good: a try that did not take place must not be the last one.
    if (result.failure?.cause instanceof NotTriedError) this.#giveBack(turn);
    else this.#settlement.settle(turn, result);
  };
  #puller: Puller | undefined;

  constructor(parts: StageRunnerParts) {
    this.#parts = parts;
    this.#attemptParts = { ...parts, stopping: this.#stopping.signal };
    this.#sequence = parts.lane === undefined ? undefined : new KeySequence();
    this.#memory = new DeliveryMemory(parts.settled);
    this.#settlement = new Settlement(parts, this.#memory, (turn, delayMs) => this.#again(turn, delayMs));
    if (parts.aggregate === undefined) return;
    const { signal } = this.#stopping;
    this.#gathering = new Gathering(parts.aggregate, parts.clock, signal, {
      load: ({ message }) => parts.payloads.load(message.payload),
      isDuplicate: async (message) => (await parts.isDuplicate?.(message)) === true,
      onDuplicate: (turn) => this.#settleDuplicate(turn),
      onGroup: (members) => this.#admitGroup(members),
      onUnusable: (turn, failure) => this.#settlement.fail(turn, failure),
      giveBack: (turn) => this.#giveBack(turn),
    });
  }

  start(): void {
    if (this.#parts.aggregate === undefined) this.#pull();
    else void this.#recallAndPull(this.#parts.aggregate);
  }

  /** Stops pulling and waits until what is in hand is settled, at most `graceMs`; the rest is redelivered to others. */
  async stop(graceMs: number): Promise<void> {
    const stopped = this.#puller?.stop(graceMs);
    // What only waits is given back at once.
    this.#stopping.abort(stopReason);
    this.#gathering?.stop();
    for (const producer of this.#parts.producers.values()) producer.giveBack();
    await stopped;
  }

  #pull(): void {
    const { broker, flow, stage, stream, lane, log, producers, isDuplicate } = this.#parts;
    const kind = this.#gathering !== undefined ? 'aggregate' : lane === undefined ? 'shared' : 'lane';
    this.#puller = broker.pull({
      spec: jetStreamConsumer({ name: flow.name, stream }, stage, lane),
      fresh: lane !== undefined,
      ...inHandOf(stage, kind, { producers: producers.values(), isAsking: isDuplicate !== undefined }),
      onMessage: (inbound) => this.#receive(inbound),
      onEvent: (event) => log('warn', `${flow.name}/${stage.name}: ${event}`),
    });
  }

  /** What a former owner stored and could not acknowledge any more must not be gathered again. */
  async #recallAndPull({ journal }: AggregateStage): Promise<void> {
    const { flow, stage, log, clock } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        this.#memory.recall(await journal.load());
        if (!signal.aborted) this.#pull();
        return;
      } catch (error) {
        log('warn', `${flow.name}/${stage.name}: cannot read what was gathered: ${(error as Error).message}`);
        await clock.wait(flow.delivery.backoff.initialMs, signal);
      }
    }
  }

  #receive(inbound: Inbound): void {
    if (this.#memory.isKnown(inbound)) return;
    const message = decodeMessage(inbound, this.#parts.flow.name);
    const turn: Turn = { inbound, message, done: nothing };
    this.#memory.hold(turn);
    if (holderOf(inbound) !== undefined && !this.#refer(turn)) return;
    if (this.#sequence === undefined) this.#admit(turn);
    else if (this.#gathering === undefined) this.#admitInOrder(turn);
    else this.#gathering.add(turn);
  }

  /** Puts the payload in place of its reference; one that cannot be read is a failure of the stage like any other. */
  #refer(turn: Turn): boolean {
    try {
      turn.message = withPayload(turn.message, this.#parts.payloads.referred(turn.inbound.data));
      return true;
    } catch (error) {
      this.#settlement.fail(turn, StageFailure.of(this.#parts.stage.entry, error));
      return false;
    }
  }

  #admitGroup(members: readonly Turn[]): void {
    const [first] = members as readonly [Turn, ...Turn[]];
    this.#admitInOrder({ inbound: first.inbound, message: groupMessage(members), members, done: nothing });
  }

  /** In an ordered flow, when everything of its key that came before is settled. */
  #admitInOrder(turn: Turn): void {
    if (this.#parts.flow.ordering === undefined) {
      this.#admit(turn);
      return;
    }
    this.#sequence?.run(turn.message.orderKey ?? '', (done) => {
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
    for (const holding of holdingsOf(turn)) {
      this.#memory.release(holding);
      holding.inbound.nak(0);
    }
    turn.done();
  }

  #try(turn: Turn): void {
    const isReferred = ({ message }: Member) => message.payload.reference !== undefined;
    if (!(turn.members?.some(isReferred) ?? isReferred(turn))) {
      this.#check(turn);
      return;
    }
    this.#resume(turn).then(
      () => this.#check(turn),
      (error: unknown) => this.#settlement.fail(turn, StageFailure.of(this.#parts.stage.entry, error)),
    );
  }

  /** From here on the payloads stay, whatever happened to this message before. */
  async #resume(turn: Turn): Promise<void> {
    const { payloads } = this.#parts;
    for (const { inbound, message } of holdingsOf(turn)) {
      const { reference } = message.payload;
      if (reference === undefined) continue;
      await payloads.resume(reference, holderOf(inbound) ?? '', message.attempt === 1);
    }
  }

  #check(turn: Turn): void {
    const { isDuplicate } = this.#parts;
    // The members of a group were looked at one by one.
    if (isDuplicate === undefined || turn.members !== undefined) {
      this.#runSteps(turn);
      return;
    }
    const { payload } = turn.message;
    // The key may be one of the headers; only a key of the content needs the whole.
    const answer = isDuplicate(turn.message).catch(async (error: unknown) => {
      if (!payload.isMissed) throw error;
      await this.#load(turn);
      return isDuplicate(turn.message);
    });
    answer.then(
      (duplicate) => (duplicate ? this.#settleDuplicate(turn) : this.#runSteps(turn)),
      (error: unknown) => this.#settlement.fail(turn, StageFailure.of(this.#parts.stage.entry, error)),
    );
  }

  /** Reads a streamed payload into memory; its room is free again when the turn is over. */
  async #load(turn: Turn): Promise<void> {
    const { payloads } = this.#parts;
    const { payload } = turn.message;
    const leave = await payloads.enter(payload);
    const { done } = turn;
    turn.done = () => {
      leave();
      done();
    };
    await payloads.load(payload);
  }

  #settleDuplicate(turn: Turn): void {
    const reason = 'a message with the same idempotency key was accepted before';
    const filtered = [{ node: this.#parts.stage.entry, reason }];
    this.#settlement.succeed(turn, { failure: undefined, delivered: [], filtered, published: 0 });
  }

  #runSteps(turn: Turn): void {
    const attempt = new Attempt(this.#attemptParts, turn, this.#settle);
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

  /** In a lane the message stays in hand, with everything of its key behind it; elsewhere any worker may take the next try. */
  #again(turn: Turn, delayMs: number): void {
    if (this.#sequence === undefined) {
      this.#memory.release(turn);
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
      // What failed on its way into a group is still to be gathered: alone it would pass as it is.
      if (this.#gathering !== undefined && turn.members === undefined) this.#gathering.add(turn);
      else this.#try(turn);
    });
  }
}
