// What a write that failed means for the message.
import {
  NotConnectedError,
  PermanentError,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';
import { failureOf } from './disk/failure.ts';
import type { Failure } from './disk/job.ts';

export const delivered: WriteOutcome = { kind: 'delivered' };

/** Of what was thrown while the message was made ready. */
export function failed(thrown: unknown): WriteOutcome {
  if (thrown instanceof RetryableError || thrown instanceof NotConnectedError)
    return { kind: 'retry', error: thrown };
  if (thrown instanceof PermanentError) return { kind: 'rejected', error: thrown };
  return outcomeOf(failureOf(thrown), thrown);
}

/** Of what the disk answered. */
export function outcomeOf(failure: Failure, cause?: unknown): WriteOutcome {
  return { kind: failure.kind, error: errorOf(failure, cause) };
}

export function errorOf({ kind, message }: Failure, cause?: unknown): PermanentError | RetryableError {
  const options = cause === undefined ? {} : { cause };
  return kind === 'rejected' ? new PermanentError(message, options) : new RetryableError(message, options);
}
