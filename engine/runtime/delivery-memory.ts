// Recognises messages that a stage was handed before: a restarted server hands out again what it did not see acknowledged.
import { NumberMap } from './number-map.ts';
import type { Inbound } from './ports.ts';

/** Whatever holds the handed-out message; a newer handing-out takes its place, because only that can be acknowledged. */
export interface Holding {
  inbound: Inbound;
}

/** Which message of its stream, and when that was stored: a stream that was made anew counts from 1 again. */
export type StoredPlace = readonly [sequence: number, storedAtMs: number];

/**
 * So many settled messages are remembered, and up to twice as many: more than a stage can have in hand, and what was settled longer
 * ago was acknowledged long before a restart. Forgetting them one by one from the front of a map costs more than running the stage.
 */
const generation = 12_288;

export class DeliveryMemory {
  readonly #inHand = new NumberMap<Holding>();
  /** When it was stored by stream sequence. */
  #settled = new Map<number, number>();
  /** What was settled before those. */
  #settledBefore = new Map<number, number>();

  /** True when the message is known: then everything was done about it. */
  isKnown(inbound: Inbound): boolean {
    const { streamSequence, storedAtMs } = inbound;
    const settledOf = this.#settled.get(streamSequence) ?? this.#settledBefore.get(streamSequence);
    if (settledOf === storedAtMs) {
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
    for (const [sequence, storedAtMs] of places) this.#settled.set(sequence, storedAtMs);
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
    this.#settled.set(streamSequence, storedAtMs);
    if (this.#settled.size < generation) return;
    this.#settledBefore = this.#settled;
    this.#settled = new Map();
  }
}
