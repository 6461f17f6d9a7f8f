// Looks for several matches at once where a single search costs a lot: ever more of them, as they are asked for.
import type { OpenSearch, SafeRegex } from './regex.ts';

/** So many take a few milliseconds at most where matches are short, and the guard costs little beside them. */
const MOST = 4096;

export class MatchAhead {
  readonly #regex: SafeRegex;
  #text = '';
  #search: OpenSearch | undefined;
  /** Matches behind {@link #from}, the next one first. */
  #found: readonly RegExpExecArray[] = [];
  #used = 0;
  #from = -1;
  #size = 1;

  constructor(regex: SafeRegex) {
    this.#regex = regex;
  }

  find(text: string, from: number): RegExpExecArray | null {
    const isNext = from === this.#from && text === this.#text;
    if (!isNext) this.#begin(text);
    if (!isNext || this.#used === this.#found.length) this.#look(from);
    const match = this.#found[this.#used];
    if (match === undefined) {
      this.#forget();
      return null;
    }
    this.#used += 1;
    this.#from = match.index + match[0].length;
    return match;
  }

  #begin(text: string): void {
    this.#search = this.#regex.open(text);
    this.#text = text;
    this.#size = 1;
  }

  #look(from: number): void {
    this.#found = this.#search?.execMany(from, this.#size) ?? [];
    this.#used = 0;
    this.#size = Math.min(this.#size * 4, MOST);
  }

  #forget(): void {
    this.#found = [];
    this.#text = '';
    this.#search = undefined;
    this.#from = -1;
  }
}
