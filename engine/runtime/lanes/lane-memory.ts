// Recognises messages that a lane was handed before: a restarted server hands out again what it did not see acknowledged.
import type { Inbound } from '../ports.ts';

/** Whatever holds the handed-out message; a newer handing-out takes its place, because only that can be acknowledged. */
export interface Holding {
  inbound: Inbound;
}

/** More than a lane can have in hand: what was settled longer ago was acknowledged long before a restart. */
const remembered = 8192;

export class LaneMemory {
  readonly #inHand = new Map<number, Holding>();
  /** Stream sequences, oldest first. */
  readonly #settled = new Set<number>();

  /** True when the message is known: then everything was done about it. */
  isKnown(inbound: Inbound): boolean {
    const sequence = inbound.streamSequence;
    if (this.#settled.has(sequence)) {
      inbound.ack();
      return true;
    }
    const holding = this.#inHand.get(sequence);
    if (holding === undefined) return false;
    holding.inbound.forget();
    holding.inbound = inbound;
    return true;
  }

  /** Messages that a former owner finished: they only need acknowledging. */
  recall(sequences: readonly number[]): void {
    for (const sequence of sequences) this.#settled.add(sequence);
  }

  hold(holding: Holding): void {
    this.#inHand.set(holding.inbound.streamSequence, holding);
  }

  /** Given back: it will come again, here or elsewhere. */
  release({ inbound }: Holding): void {
    this.#inHand.delete(inbound.streamSequence);
  }

  settle({ inbound }: Holding): void {
    this.#inHand.delete(inbound.streamSequence);
    this.#settled.add(inbound.streamSequence);
    if (this.#settled.size <= remembered) return;
    for (const oldest of this.#settled) {
      this.#settled.delete(oldest);
      return;
    }
  }
}
