// Counts deliveries that are not settled, so that the connection stays open for their acknowledgements.
import { setTimeout as delay } from 'node:timers/promises';

export class OpenDeliveries {
  #count = 0;
  #done: (() => void) | undefined;

  add(): void {
    this.#count++;
  }

  remove(): void {
    this.#count--;
    if (this.#count === 0) this.#done?.();
  }

  /** Resolves when all are settled, or after `ms`: the source then offers the rest again. */
  async settled(ms: number): Promise<void> {
    if (this.#count === 0) return;
    const late = new AbortController();
    const all = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    await Promise.race([all, delay(ms, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
  }
}
