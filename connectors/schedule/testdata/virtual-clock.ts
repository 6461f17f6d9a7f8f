// A clock that passes exactly what is waited for, and jumps when told to.
import type { Clock } from '../consumer.ts';

export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #jumps: { readonly atMs: number; readonly byMs: number }[] = [];

  constructor(start: string) {
    this.#nowMs = Date.parse(start);
  }

  now(): number {
    return this.#nowMs;
  }

  /** When it gets to `at`, it is set to so much later or earlier. */
  jump(at: string, byMs: number): this {
    this.#jumps.push({ atMs: Date.parse(at), byMs });
    return this;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#nowMs += ms;
    const [jump] = this.#jumps;
    if (jump === undefined || this.#nowMs < jump.atMs) return;
    this.#jumps.shift();
    this.#nowMs += jump.byMs;
  }
}
