// Decides what follows a failure: another try after a while, or giving the message up.
import type { DeliveryPolicy } from '../compile/program.ts';
import type { StageFailure } from './stage-failure.ts';

export type Verdict =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'dead'; readonly because: 'permanent' | 'attempts' | 'deadline' };

export interface FailedTry {
  readonly failure: StageFailure;
  /** 1 for the first. */
  readonly attempt: number;
  /** Milliseconds since the epoch from which the deadline counts. */
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/** `random` (0 ≤ r < 1) spreads retries so that a recovering system is not met by all at once. */
export function judge(policy: DeliveryPolicy, tried: FailedTry, random: () => number = Math.random): Verdict {
  const { failure, attempt } = tried;
  if (!failure.retryable) return { kind: 'dead', because: 'permanent' };
  if (attempt >= policy.attempts && !failure.platform) return { kind: 'dead', because: 'attempts' };
  const delayMs = Math.max(failure.afterMs ?? 0, backoffMs(policy, attempt, random));
  const leftMs = tried.startedAtMs + policy.deadlineMs - tried.nowMs;
  if (leftMs <= 0) return { kind: 'dead', because: 'deadline' };
  return { kind: 'retry', delayMs: Math.min(delayMs, leftMs) };
}

function backoffMs(policy: DeliveryPolicy, attempt: number, random: () => number): number {
  const { initialMs, factor, maxMs } = policy.backoff;
  const base = Math.min(maxMs, initialMs * factor ** (attempt - 1));
  return Math.round(base * (0.9 + 0.2 * random()));
}
