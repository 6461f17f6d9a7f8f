// A clock that stands still until everything that can happen has happened, and then moves on to whatever is due next.
import type { Clock } from '../../runtime/clock.ts';

interface Waiting {
  readonly dueMs: number;
  readonly resolve: () => void;
}

export class VirtualClock implements Clock {
  #nowMs: number;
  /** By the time at which they are due; those due at the same time in the order in which they began to wait. */
  readonly #waiting: Waiting[] = [];

  /** Milliseconds since the epoch. */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  steady(): number {
    return this.#nowMs;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const waiting = { dueMs: this.#nowMs + ms, resolve: done };
      const abort = () => {
        const index = this.#waiting.indexOf(waiting);
        if (index >= 0) this.#waiting.splice(index, 1);
        done();
      };
      signal.addEventListener('abort', abort);
      this.#waiting.splice(this.#placeOf(waiting.dueMs), 0, waiting);
    });
  }

  /** When the next of those who wait is due; undefined when nobody waits. */
  get nextDueMs(): number | undefined {
    return this.#waiting[0]?.dueMs;
  }

  /** Moves on, never back, and wakes the first who is due by then. Answers whether somebody was. */
  wakeNext(untilMs: number): boolean {
    const [first] = this.#waiting;
    if (first === undefined || first.dueMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#waiting.shift();
    this.#nowMs = Math.max(this.#nowMs, first.dueMs);
    first.resolve();
    return true;
  }

  #placeOf(dueMs: number): number {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle] as Waiting).dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
