// Answers of a lookup, kept for a while: the least recently used go first, and one question is asked once at a time.

interface Kept {
  readonly answer: Promise<unknown>;
  readonly untilMs: number;
}

export class AnswerCache {
  readonly #maxEntries: number;
  readonly #keptMs: number;
  readonly #now: () => number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Kept>();

  constructor(maxEntries: number, keptMs: number, now: () => number = Date.now) {
    this.#maxEntries = maxEntries;
    this.#keptMs = keptMs;
    this.#now = now;
  }

  /** The kept answer, or that of `ask`. Failures are not kept. */
  get(key: string, ask: () => Promise<unknown>): Promise<unknown> {
    const kept = this.#entries.get(key);
    if (kept !== undefined && kept.untilMs > this.#now()) {
      this.#entries.delete(key);
      this.#entries.set(key, kept);
      return kept.answer;
    }
    const answer = ask();
    if (this.#maxEntries > 0) this.#keep(key, answer);
    return answer;
  }

  #keep(key: string, answer: Promise<unknown>): void {
    const entry = { answer, untilMs: this.#now() + this.#keptMs };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    answer.catch(() => this.#entries.get(key) === entry && this.#entries.delete(key));
    if (this.#entries.size <= this.#maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
