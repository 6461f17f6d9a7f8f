// A clock that stands still until a test moves it.
import type { Clock } from './clock.ts';

interface Waiting {
  readonly dueMs: number;
  readonly resolve: () => void;
}

export class FakeClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #waiting: Waiting[] = [];

  now(): number {
    return this.#nowMs;
  }

  steady(): number {
    return this.#nowMs;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = { dueMs: this.#nowMs + ms, resolve };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve();
      });
    });
  }

  /** Moves on, waking whoever is due in the order of the times, and lets what they start run. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#waiting.toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.resolve();
    }
    this.#nowMs = endMs;
    await settled();
  }
}

/** Everything that promises alone lead to has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
