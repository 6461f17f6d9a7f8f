// Time as the consumer sees it; tests bring their own.
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};
