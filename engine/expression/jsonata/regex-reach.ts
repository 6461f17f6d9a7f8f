// How far V8's backtracking engine may go in one go: nothing stops it while it goes forward.
import { type RegexShape, shapeOf } from './regex-shape.ts';

/** What V8 takes for a character at most before it looks whether it is to stop, while it looks for a beginning or goes over a repetition. */
const MS_PER_UNIT = 5e-6;
/** For every way to go on besides the first. */
const MS_PER_BRANCH = 1.2e-5;
/** When it is to go back to every repetition of a group: that takes up to 32 bytes each. */
const MS_PER_REPETITION = 7e-5;

/** Of one window. */
const WINDOW_MS = 10;

/** Lengths, in UTF-16 units. Smaller ones, and more time for each, are for tests. */
export interface Sizes {
  readonly window: number;
  /** In every piece of what is to be a barrier there is something that a repetition cannot go over. */
  readonly piece: number;
  readonly msPerUnit: number;
}

/** So short that V8 seldom goes back 50,000 times in a window, and stays with the quicker engine. */
const SIZES: Sizes = { window: 16_384, piece: 2048, msPerUnit: MS_PER_UNIT };

export class RegexReach {
  readonly #shape: RegexShape;
  readonly #piece: number;
  /** For each endless repetition: finds what it cannot go over. */
  readonly #obstacles: readonly RegExp[];
  readonly #msPerUnit: number;
  /** So many characters are searched in one go. */
  readonly window: number;
  /** Of a barrier: whatever begins in front of one does not get to its end. */
  readonly barrier: number;

  constructor(source: string, flags: string, sizes = SIZES) {
    const shape = shapeOf(source);
    const { loops, length, branches } = shape;
    this.#shape = shape;
    this.#piece = sizes.piece;
    this.#obstacles = loops.map((units) => new RegExp(`(?!${units.join('|')})[^]`, flags));
    this.#msPerUnit = MS_PER_UNIT + branches * MS_PER_BRANCH + (shape.repeatsGroups ? MS_PER_REPETITION : 0);
    this.window = Math.min(sizes.window, this.shortText);
    // Some repetition goes over two pieces at least, or over one whole one.
    this.barrier = loops.length * 2 * sizes.piece + length;
  }

  /** How long at most nothing stops a search of so many characters. */
  msFor(units: number): number {
    return units * this.#msPerUnit;
  }

  /** Such a text is searched in one go. */
  get shortText(): number {
    return Math.ceil(WINDOW_MS / this.#msPerUnit);
  }

  /** Whether looking back from behind may go as far as looking ahead. */
  get looksFarBack(): boolean {
    return this.#shape.looksFarBack;
  }

  /** Whether a barrier ends at `end`. */
  isBarrier(text: string, end: number): boolean {
    if (this.barrier > end) return false;
    if (this.#obstacles.length === 0) return true;
    for (let at = end; at > end - this.barrier; at -= this.#piece) {
      const piece = text.slice(Math.max(at - this.#piece, 0), at);
      if (!this.#obstacles.every((obstacle) => obstacle.test(piece))) return false;
    }
    return true;
  }
}
