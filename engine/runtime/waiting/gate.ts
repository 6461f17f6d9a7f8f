// What makes messages wait in front of a stage: until they are due, until the rate allows, until others are done.
import type { ThrottleDefinition } from '../../flow/graph.ts';
import type { Clock } from '../clock.ts';
import type { Inbound } from '../ports.ts';

/** Passed before the steps run. Every `enter` that went through is followed by one `leave`. */
export interface Gate {
  /** Undefined when the message may go at once; else resolves with true, or with false when the signal aborted first. */
  enter(message: Inbound, signal: AbortSignal): undefined | Promise<boolean>;
  leave(): void;
}

/** Holds each message until `delayMs` after it was stored for the stage. */
export function delayGate(delayMs: number, clock: Clock): Gate {
  return {
    enter: (message, signal) => {
      // Never longer than the delay: a clock that is behind the server's may be set right at any time.
      const leftMs = Math.min(delayMs, message.storedAtMs + delayMs - clock.now());
      if (leftMs <= 0) return undefined;
      return clock.wait(leftMs, signal).then(() => !signal.aborted);
    },
    leave: () => undefined,
  };
}

interface Waiting {
  readonly go: (entered: boolean) => void;
  readonly signal: AbortSignal;
}

/** Lets messages pass in the order in which they came, at a rate, or so many at a time, or both. */
export class ThrottleGate implements Gate {
  readonly #throttle: ThrottleDefinition;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  /** When the rate was last full: a token bucket in one number (as in GCRA, the cell rate algorithm of ATM). */
  #arrivalMs = Number.NEGATIVE_INFINITY;
  #under = 0;
  #timer: Promise<void> | undefined;

  constructor(throttle: ThrottleDefinition, clock: Clock) {
    this.#throttle = throttle;
    this.#clock = clock;
  }

  enter(_message: Inbound, signal: AbortSignal): undefined | Promise<boolean> {
    if (this.#waiting.length === 0 && this.#take()) return undefined;
    return new Promise((resolve) => {
      const waiting = { go: resolve, signal };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', () => this.#giveUp(waiting), { once: true });
      this.#schedule();
    });
  }

  leave(): void {
    this.#under--;
    this.#letGo();
  }

  /** Takes a place when there is one now. */
  #take(): boolean {
    if (this.#isFull() || this.#waitMs() > 0) return false;
    const { intervalMs = 0 } = this.#throttle;
    this.#arrivalMs = Math.max(this.#arrivalMs, this.#clock.steady()) + intervalMs;
    this.#under++;
    return true;
  }

  #isFull(): boolean {
    return this.#under >= (this.#throttle.concurrency ?? Number.POSITIVE_INFINITY);
  }

  /** Until the rate lets the next one pass. */
  #waitMs(): number {
    const { intervalMs = 0, burst } = this.#throttle;
    // Half a millisecond of tolerance: timers are that coarse.
    return this.#arrivalMs - intervalMs * (burst - 1) - this.#clock.steady() - 0.5;
  }

  #letGo(): void {
    while (this.#waiting.length > 0 && this.#take()) this.#waiting.shift()?.go(true);
    this.#schedule();
  }

  #schedule(): void {
    const [first] = this.#waiting;
    // When the concurrency is in the way, the next `leave` goes on.
    if (first === undefined || this.#timer !== undefined || this.#isFull()) return;
    // Never without a timer: the rate may have become free since it was asked, and nobody else would look again.
    this.#timer = this.#clock.wait(Math.max(0, this.#waitMs()) + 0.5, first.signal).then(() => {
      this.#timer = undefined;
      this.#letGo();
    });
  }

  #giveUp(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    waiting.go(false);
  }
}

/** Enters all gates, one after the other; false when the signal aborted first, and then none is entered. */
export async function enterAll(
  gates: readonly Gate[],
  message: Inbound,
  signal: AbortSignal,
): Promise<boolean> {
  for (let index = 0; index < gates.length; index++) {
    const entered = (gates[index] as Gate).enter(message, signal);
    if (entered === undefined || (await entered)) continue;
    for (const gate of gates.slice(0, index)) gate.leave();
    return false;
  }
  return true;
}
