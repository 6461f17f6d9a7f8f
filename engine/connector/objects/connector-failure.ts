// What the failures of a bucket mean to connectors.
import { ObjectFailure } from '../../payload/stores/object-bucket.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../errors.ts';

/**
 * One of the three errors of connectors. Refused credentials and missing buckets are mended by somebody while messages wait; only `check`
 * calls the former permanent.
 */
export function connectorFailure(error: unknown): Error {
  if (!(error instanceof ObjectFailure)) return error instanceof Error ? error : new Error(String(error));
  const options = { cause: error };
  switch (error.kind) {
    case 'invalid':
      return new PermanentError(error.message, options);
    case 'denied':
    case 'missing':
      return new NotConnectedError(error.message, options);
    case 'gone':
    case 'changed':
    case 'failed':
      return new RetryableError(error.message, options);
  }
}

export function checkFailure(error: unknown): Error {
  const isDenied = error instanceof ObjectFailure && error.kind === 'denied';
  return isDenied ? new PermanentError(error.message, { cause: error }) : connectorFailure(error);
}
