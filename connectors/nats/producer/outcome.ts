// What a failed publish means for the message.
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import {
  NotConnectedError,
  PermanentError,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';

export const delivered: WriteOutcome = { kind: 'delivered' };

export function rejected(message: string, cause?: unknown): WriteOutcome {
  return { kind: 'rejected', error: new PermanentError(message, { cause }) };
}

/** A message of which subject, headers or payload cannot be made. */
export function unpublishable(thrown: unknown): WriteOutcome {
  if (thrown instanceof PermanentError) return { kind: 'rejected', error: thrown };
  return rejected((thrown as Error).message, thrown);
}

/** Refused: what the server will refuse again. Everything else may pass. */
export function publishFailure(thrown: unknown, subject: string): WriteOutcome {
  const error = thrown as Error;
  const violation = permissionViolation(error);
  if (violation !== undefined) return rejected(violation.message, error);
  if (error instanceof errors.InvalidArgumentError || error instanceof errors.InvalidSubjectError)
    return rejected(error.message, error);
  if (error instanceof JetStreamApiError) return apiFailure(error, subject);
  if (isUnanswered(error)) return retry(`no stream holds the subject ${subject}`, error);
  if (error instanceof errors.TimeoutError) return retry(`no acknowledgement for ${subject} in time`, error);
  return {
    kind: 'retry',
    error: new NotConnectedError(`the connection was lost: ${error.message}`, { cause: error }),
  };
}

/** 400s are about the message (it is too large for the stream), 500s about the stream (it is full, or has no leader). */
function apiFailure(error: JetStreamApiError, subject: string): WriteOutcome {
  const message = `${subject}: ${error.message}`;
  return error.status >= 400 && error.status < 500 ? rejected(message, error) : retry(message, error);
}

function permissionViolation(error: Error): Error | undefined {
  const found = [error, error.cause].find((each) => each instanceof errors.PermissionViolationError);
  return found as Error | undefined;
}

/** The client calls it "jetstream is not enabled" and hides what happened in the cause. */
function isUnanswered(error: Error): boolean {
  return [error, error.cause].some((each) => each instanceof errors.RequestError && each.isNoResponders());
}

function retry(message: string, cause: unknown): WriteOutcome {
  return { kind: 'retry', error: new RetryableError(message, { cause }) };
}
