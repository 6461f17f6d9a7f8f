// Recognises messages that a stage was handed before: a restarted server hands out again what it did not see acknowledged.
import { NumberMap } from './number-map.ts';
import type { Inbound } from './ports.ts';
import type { SettledMemory } from './settled-memory.ts';

/** Whatever holds the handed-out message; a newer handing-out takes its place, because only that can be acknowledged. */
export interface Holding {
  inbound: Inbound;
}

/** Which message of its stream, and when that was stored: a stream that was made anew counts from 1 again. */
export type StoredPlace = readonly [sequence: number, storedAtMs: number];

export class DeliveryMemory {
  readonly #inHand = new NumberMap<Holding>();
  /** What a former owner finished: when it was stored by stream sequence. */
  readonly #recalled = new Map<number, number>();
  readonly #settled: SettledMemory;
  /** What the memory knows this stage by. */
  readonly #stage: number;

  constructor(settled: SettledMemory) {
    this.#settled = settled;
    this.#stage = settled.enter();
  }

  /** True when the message is known: then everything was done about it. */
  isKnown(inbound: Inbound): boolean {
    const { streamSequence, storedAtMs } = inbound;
    const settledOf = this.#settled.storedAtMs(this.#stage, streamSequence);
    if (settledOf === storedAtMs || this.#recalled.get(streamSequence) === storedAtMs) {
      inbound.ack();
      return true;
    }
    const holding = this.#inHand.get(streamSequence);
    if (holding?.inbound.storedAtMs !== storedAtMs) return false;
    holding.inbound.forget();
    holding.inbound = inbound;
    return true;
  }

  /** Messages that a former owner finished: they only need acknowledging. */
  recall(places: readonly StoredPlace[]): void {
    for (const [sequence, storedAtMs] of places) this.#recalled.set(sequence, storedAtMs);
  }

  hold(holding: Holding): void {
    this.#inHand.set(holding.inbound.streamSequence, holding);
  }

  /** Given back: it will come again, here or elsewhere. */
  release({ inbound }: Holding): void {
    this.#inHand.delete(inbound.streamSequence);
  }

  settle({ inbound }: Holding): void {
    const { streamSequence, storedAtMs } = inbound;
    this.#inHand.delete(streamSequence);
    this.#settled.note(this.#stage, streamSequence, storedAtMs);
  }
}
