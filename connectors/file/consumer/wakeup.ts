// Waiting that an event, a time-out or the end of the flow cuts short.
import type { Clock } from './clock.ts';

export class Wakeup {
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #pending = false;
  #sleeping: AbortController | undefined;

  constructor(signal: AbortSignal, clock: Clock) {
    this.#signal = signal;
    this.#clock = clock;
    signal.addEventListener('abort', this.wake, { once: true });
  }

  /** Ends the current wait, or the next one before it begins. */
  readonly wake = (): void => {
    this.#pending = true;
    this.#sleeping?.abort();
  };

  /** One waiter at a time. */
  async wait(ms: number): Promise<void> {
    if (!this.#pending && !this.#signal.aborted) {
      this.#sleeping = new AbortController();
      await this.#clock.sleep(ms, this.#sleeping.signal);
      this.#sleeping = undefined;
    }
    this.#pending = false;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.wake);
  }
}
