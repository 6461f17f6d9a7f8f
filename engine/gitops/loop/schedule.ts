// When to look again: an interval with a little chance in it, and growing pauses for what may pass by itself.
import type { Outcome } from './pass.ts';

const firstRetryMs = 5_000;
const longestRetryMs = 5 * 60_000;

/** `random` is from 0 to 1. `failures` counts the retries in a row before this one. */
export function nextDelayMs(outcome: Outcome, failures: number, intervalMs: number, random: number): number {
  const spread = 0.9 + 0.2 * random;
  if (outcome !== 'retry') return Math.round(intervalMs * spread);
  const longest = Math.max(intervalMs, longestRetryMs);
  const first = Math.min(firstRetryMs, intervalMs);
  return Math.round(Math.min(longest, first * 2 ** Math.min(failures, 30)) * spread);
}
