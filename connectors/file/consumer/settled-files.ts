// Tells which files have not changed for a while: nobody is writing them any more.
import type { FoundFile } from './found-file.ts';

interface Seen {
  readonly identity: string;
  readonly sinceMs: number;
}

export class SettledFiles {
  readonly #settleMs: number;
  #seen: ReadonlyMap<string, Seen> = new Map();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** Of all the files there are now, those that have looked the same for the settle time. */
  observe(files: readonly FoundFile[], nowMs: number): readonly FoundFile[] {
    const before = this.#seen;
    const seen = new Map<string, Seen>();
    for (const { name, identity } of files) {
      const known = before.get(name);
      seen.set(name, known?.identity === identity ? known : { identity, sinceMs: nowMs });
    }
    this.#seen = seen;
    return files.filter((file) => nowMs >= this.#dueMs(file));
  }

  /** When the next of these settles, if it does not change; undefined when all have. */
  nextDueMs(files: readonly FoundFile[], nowMs: number): number | undefined {
    const due = files.map((file) => this.#dueMs(file)).filter((dueMs) => dueMs > nowMs);
    return due.length === 0 ? undefined : due.reduce((a, b) => Math.min(a, b));
  }

  #dueMs({ name }: FoundFile): number {
    return (this.#seen.get(name)?.sinceMs ?? 0) + this.#settleMs;
  }
}
