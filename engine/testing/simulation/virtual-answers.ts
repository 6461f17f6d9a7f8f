// What virtual producers and lookups say when they are asked: failures so many times, answers from then on.
import type { WriteOutcome } from '../../connector/contract.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../../connector/errors.ts';

/** A number of tries that go wrong in the same way. */
export interface Failure {
  readonly kind: 'fail' | 'timeout' | 'away' | 'reject';
  /** Infinity: always. */
  readonly times: number;
  readonly error?: string;
  /** What it asks to wait before the next try. */
  readonly retryAfterMs?: number;
}

/** What a lookup finds; undefined when there is nothing. `times` Infinity: from then on. */
export interface Found {
  readonly kind: 'found';
  readonly times: number;
  readonly value: unknown;
}

/** How long a virtual peer that times out keeps its caller waiting. */
export const timeoutMs = 30_000;

/** One after the other, each as often as it says. */
export function* inTurn<Answer extends { readonly times: number }>(
  answers: readonly Answer[],
): Generator<Answer, undefined, undefined> {
  for (const answer of answers) for (let count = 0; count < answer.times; count++) yield answer;
  return undefined;
}

/** The error a connector would throw. */
export function errorOf({ kind, error, retryAfterMs }: Failure): Error {
  switch (kind) {
    case 'fail':
      return new RetryableError(
        error ?? 'the test makes it fail',
        retryAfterMs === undefined ? {} : { afterMs: retryAfterMs },
      );
    case 'timeout':
      return new RetryableError(error ?? `no answer within ${timeoutMs / 1000} s`);
    case 'away':
      return new NotConnectedError(error ?? 'connection refused');
    case 'reject':
      return new PermanentError(error ?? 'the test makes it refuse');
  }
}

export function outcomeOf(failure: Failure): WriteOutcome {
  const error = errorOf(failure);
  if (failure.kind === 'reject') return { kind: 'rejected', error };
  const { retryAfterMs } = failure;
  return { kind: 'retry', error, ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }) };
}
