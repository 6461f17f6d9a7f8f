// Feeds the groups of an aggregate stage, one message after the other in the order in which they were stored.
import type { Message } from '../../payload/message.ts';
import { StepError } from '../../steps/contract.ts';
import type { Clock } from '../clock.ts';
import { StageFailure } from '../stage-failure.ts';
import type { Turn } from '../turn.ts';
import type { AggregateStage } from './aggregate-stage.ts';
import { Grouping } from './grouping.ts';

export interface GatheringCallbacks {
  /** Reads a payload that is a stream into memory: a group is a list of values. */
  readonly load: (turn: Turn) => Promise<void>;
  readonly isDuplicate: (message: Message) => Promise<boolean>;
  readonly onDuplicate: (turn: Turn) => void;
  readonly onGroup: (members: readonly Turn[]) => void;
  /** A message that no group can take. */
  readonly onUnusable: (turn: Turn, failure: StageFailure) => void;
  readonly giveBack: (turn: Turn) => void;
}

export class Gathering {
  readonly #stage: AggregateStage;
  readonly #grouping: Grouping<Turn>;
  readonly #signal: AbortSignal;
  readonly #callbacks: GatheringCallbacks;
  #before: Promise<void> = Promise.resolve();

  constructor(stage: AggregateStage, clock: Clock, signal: AbortSignal, callbacks: GatheringCallbacks) {
    this.#stage = stage;
    this.#signal = signal;
    this.#callbacks = callbacks;
    this.#grouping = new Grouping(stage.rules, clock, signal, callbacks.onGroup);
  }

  add(turn: Turn): void {
    this.#before = this.#before.then(() => this.#addNext(turn));
  }

  /** Gives back what waits in open groups. */
  stop(): void {
    for (const turn of this.#grouping.takeOpen()) this.#callbacks.giveBack(turn);
  }

  async #addNext(turn: Turn): Promise<void> {
    try {
      await this.#gather(turn);
    } catch (error) {
      this.#callbacks.onUnusable(turn, StageFailure.of(this.#stage.step, error));
    }
  }

  async #gather(turn: Turn): Promise<void> {
    const { load, isDuplicate, onDuplicate, onUnusable, giveBack } = this.#callbacks;
    if (turn.message.payload.content !== undefined) await load(turn);
    if (await isDuplicate(turn.message)) {
      onDuplicate(turn);
      return;
    }
    const key = await this.#stage.keyOf(turn.message);
    if (this.#signal.aborted) giveBack(turn);
    else if (key === undefined) onUnusable(turn, keyless(this.#stage.step));
    else await this.#grouping.add(key, turn);
  }
}

function keyless(step: string): StageFailure {
  return StageFailure.of(step, new StepError('VRS8227', 'The message has no value for the key of its group'));
}
