// A clock that moves only when a test says so.
import { type ConsumerRun, eventually } from '../../../engine/connector/conformance.ts';
import type { Clock } from '../consumer/clock.ts';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.#nowMs + ms, wake: () => {} };
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      sleeper.wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Moves on, in steps so small that everybody who sleeps less wakes and sleeps again on the way; stops at an offer. */
  async advance(run: ConsumerRun, ms: number, stepMs = 20): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.rest(run);
    while (this.#nowMs < endMs && !run.offered) {
      this.#nowMs = Math.min(endMs, this.#nowMs + stepMs);
      for (const sleeper of [...this.#sleepers]) if (sleeper.untilMs <= this.#nowMs) sleeper.wake();
      await this.rest(run);
    }
  }

  /** Resolves when the consumer has done all it could: it sleeps, or has made an offer. */
  async rest(run: ConsumerRun): Promise<void> {
    await eventually('the consumer rests', () => this.#sleepers.size > 0 || run.offered);
  }
}
