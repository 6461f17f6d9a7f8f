// The files that have to be checked: first what somebody looks at, then in the order in which they came.
import type { Source } from '../manifest/source.ts';

export class WaitingFiles {
  readonly #urgent = new Map<string, Source>();
  readonly #others = new Map<string, Source>();
  #taken: string | undefined;

  get isEmpty(): boolean {
    return this.#urgent.size + this.#others.size === 0;
  }

  /** Takes the place of an earlier text of the file. */
  add(source: Source, urgent: boolean): void {
    this.#urgent.delete(source.file);
    this.#others.delete(source.file);
    (urgent ? this.#urgent : this.#others).set(source.file, source);
  }

  /** Unless a newer text waits already. */
  addAgain(source: Source): void {
    if (!this.#urgent.has(source.file) && !this.#others.has(source.file))
      this.#others.set(source.file, source);
  }

  /** The file is no longer to be checked, nor what was taken of it. */
  drop(file: string): void {
    this.#urgent.delete(file);
    this.#others.delete(file);
    if (this.#taken === file) this.#taken = undefined;
  }

  take(): Source | undefined {
    const next = this.#urgent.values().next().value ?? this.#others.values().next().value;
    if (next === undefined) return undefined;
    this.drop(next.file);
    this.#taken = next.file;
    return next;
  }

  /** Whether the file is the one being checked, and was not dropped since. */
  isTaken(file: string): boolean {
    return this.#taken === file;
  }

  done(file: string): void {
    if (this.#taken === file) this.#taken = undefined;
  }
}
