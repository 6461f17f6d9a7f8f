// What a store makes of its client's errors.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { errorText } from './error-text.ts';

/** VRS8503, retryable: the store, its bucket or its credentials may be there again later. An error of ours stays as it is. */
export function storeFailure(store: string, verb: string, key: string, error: unknown): VrskyError {
  if (error instanceof VrskyError) return error;
  return new VrskyError('VRS8503', `the ${store} store cannot ${verb} ${key}: ${errorText(error)}`, {
    retryable: true,
    cause: error,
  });
}
