// Notices that a producer keeps failing, and when it is back.
import type { BreakerDefinition } from '../flow/graph.ts';

/** Closed: everything passes. Open: nothing does. Probing: one message finds out. */
export type BreakerState = 'closed' | 'open' | 'probing';

export class Breaker {
  state: BreakerState = 'closed';
  readonly #failuresToOpen: number;
  #failures = 0;

  constructor({ failures }: BreakerDefinition) {
    this.#failuresToOpen = failures === 0 ? Number.POSITIVE_INFINITY : failures;
  }

  /** A message was delivered, or refused for good: the other side is there. True when that closes it. */
  answered(): boolean {
    this.#failures = 0;
    const isBack = this.state !== 'closed';
    this.state = 'closed';
    return isBack;
  }

  /** A delivery failed for a reason that may pass. True when that opens it for the first time. */
  failed(): boolean {
    this.#failures++;
    if (this.state === 'closed' && this.#failures < this.#failuresToOpen) return false;
    const opens = this.state === 'closed';
    this.state = 'open';
    return opens;
  }

  /** After a while of silence: the next message is a probe. */
  probe(): void {
    if (this.state === 'open') this.state = 'probing';
  }
}
