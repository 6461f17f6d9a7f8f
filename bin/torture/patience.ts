// How long a process may take, on a machine that may be too busy to run it.

export interface PatienceParts {
  /** How long the process has waited for a processor so far, in milliseconds. Less than before: it is another process. */
  readonly waitedMs: () => number;
  /** Milliseconds, steady. */
  readonly now?: () => number;
}

/** Counts time but for what the process spends waiting for a processor: an engine that is not run is not late. */
export class Patience {
  readonly #waitedMs: () => number;
  readonly #now: () => number;
  #leftMs: number;
  #seen: { readonly at: number; readonly waitedMs: number };

  constructor(ms: number, { waitedMs, now = () => performance.now() }: PatienceParts) {
    this.#waitedMs = waitedMs;
    this.#now = now;
    this.#leftMs = ms;
    this.#seen = { at: now(), waitedMs: waitedMs() };
  }

  /** To be asked again and again. */
  isOver(): boolean {
    const before = this.#seen;
    this.#seen = { at: this.#now(), waitedMs: this.#waitedMs() };
    const waited = Math.max(0, this.#seen.waitedMs - before.waitedMs);
    this.#leftMs -= Math.max(0, this.#seen.at - before.at - waited);
    return this.#leftMs < 0;
  }
}
