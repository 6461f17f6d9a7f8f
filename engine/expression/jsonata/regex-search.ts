// Searches one long text, window by window, with V8's backtracking engine where that can be stopped in time.
import { fault } from './fault.ts';
import type { RegexReach } from './regex-reach.ts';
import { timeLimit } from './run.ts';

/** Two that find the same, both with the flag `g`. */
export interface Engines {
  readonly backtracking: RegExp;
  /** Takes 0.1 µs a character, but can be stopped at any time. */
  readonly linear: RegExp | undefined;
}

/** Nothing may stop a search for this share of the time limit, so that it ends in time enough. */
const SHARE = 0.15;

export class RegexSearch {
  #regex: RegExp;
  readonly #linear: RegExp | undefined;
  readonly #reach: RegexReach;
  readonly #text: string;
  /** The text up to a barrier, or all of it. */
  #window = '';
  /** A match that begins in front of this is the same in the window as in the text. */
  #certain = -1;

  constructor({ backtracking, linear }: Engines, reach: RegexReach, text: string) {
    this.#regex = backtracking;
    this.#linear = linear;
    this.#reach = reach;
    this.#text = text;
  }

  /** The first match at or behind `from`. */
  exec(from: number): RegExpExecArray | null {
    if (this.#certain === -1 && !this.#isBoundedBefore(from)) this.#giveUp();
    for (let at = from; ; at = this.#certain) {
      if (at >= this.#certain) this.#moveTo(at);
      const found = execAt(this.#regex, this.#window, at);
      if (found === null ? this.#isWhole() : found.index < this.#certain) return found;
    }
  }

  #isBoundedBefore(from: number): boolean {
    return !this.#reach.looksFarBack || this.#mayTake(from) || this.#reach.isBarrier(this.#text, from);
  }

  /** To the first barrier behind `at`. */
  #moveTo(at: number): void {
    const { window, barrier } = this.#reach;
    let size = window;
    let end = this.#endOf(at + size + barrier);
    while (end < this.#text.length && !this.#reach.isBarrier(this.#text, end)) {
      size *= 2;
      end = this.#endOf(at + size + barrier);
      if (!this.#mayTake(end - at)) {
        this.#giveUp();
        return;
      }
    }
    if (end === this.#text.length) this.#takeAll();
    else {
      this.#window = this.#text.slice(0, end);
      this.#certain = end - barrier;
    }
  }

  #endOf(end: number): number {
    return Math.min(end, this.#text.length);
  }

  #mayTake(units: number): boolean {
    return this.#reach.msFor(units) < timeLimit() * SHARE;
  }

  /** Of backtracking. */
  #giveUp(): void {
    if (this.#linear === undefined) throw fault('D1012', { value: timeLimit() });
    this.#regex = this.#linear;
    this.#takeAll();
  }

  #takeAll(): void {
    this.#window = this.#text;
    this.#certain = Number.POSITIVE_INFINITY;
  }

  #isWhole(): boolean {
    return this.#certain === Number.POSITIVE_INFINITY;
  }
}

export function execAt(regex: RegExp, text: string, from: number): RegExpExecArray | null {
  regex.lastIndex = from;
  return regex.exec(text);
}
