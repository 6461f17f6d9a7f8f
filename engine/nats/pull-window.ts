// How many messages a puller may have in hand: as many as are settled in a moment, within bounds.

/** What lies in hand for longer only waits: it fills memory, is kept from other workers, and comes again when this one is killed. */
const momentMs = 100;
/** Settled messages between two looks at the clock. */
const lookEvery = 64;
/** Up to here a window is that of one stage among many, and what counts is how many messages a request brings. */
const smallWindow = 64;

export interface WindowBounds {
  /** Asked each time: it depends on how many others there are. */
  readonly least: () => number;
  readonly most: number;
}

/** Until the first moment has passed, and after every rest, it is the least. */
export class PullWindow {
  readonly #least: () => number;
  readonly #most: number;
  readonly #now: () => number;
  /** Settled in the last moment. */
  #inMoment = 0;
  #settled = 0;
  #sinceMs: number;

  /** `now`: milliseconds that go on evenly. */
  constructor({ least, most }: WindowBounds, now: () => number = () => performance.now()) {
    this.#least = least;
    this.#most = most;
    this.#now = now;
    this.#sinceMs = now();
  }

  get size(): number {
    return Math.max(this.#least(), Math.min(this.#most, this.#inMoment));
  }

  /** With so many in hand it is time to ask for more. */
  get left(): number {
    const { size } = this;
    return size / (size <= smallWindow ? 4 : 2);
  }

  /** To be called for each message that is settled. */
  count(): void {
    if (++this.#settled % lookEvery !== 0) return;
    const nowMs = this.#now();
    const tookMs = nowMs - this.#sinceMs;
    if (tookMs < momentMs) return;
    this.#inMoment = Math.round((this.#settled * momentMs) / tookMs);
    this.#settled = 0;
    this.#sinceMs = nowMs;
  }
}
