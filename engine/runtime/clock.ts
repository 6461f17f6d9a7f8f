// The time as the runtime sees it: replaced in tests of what waits.
import { pause } from './pause.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment, for how long something took: goes on evenly when somebody sets the time of day. */
  steady(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A timer takes no more than about 24.8 days: longer waits are made of several. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  wait: async (ms, signal) => {
    for (let left = ms; left > 0 && !signal.aborted; left -= longestTimerMs)
      await pause(Math.min(left, longestTimerMs), signal);
  },
};
