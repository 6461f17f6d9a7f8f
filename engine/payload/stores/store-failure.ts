// What stores over a network make of their clients' errors.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';

/** VRS8503, retryable: the store, its bucket or its credentials may be there again later. An error of ours stays as it is. */
export function storeFailure(store: string, verb: string, key: string, error: unknown): VrskyError {
  if (error instanceof VrskyError) return error;
  return new VrskyError('VRS8503', `the ${store} store cannot ${verb} ${key}: ${textOf(error)}`, {
    retryable: true,
    cause: error,
  });
}

/** Clients are sparing with words: the name of an error often says more than its message. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const name = error.name === 'Error' || error.message.includes(error.name) ? '' : `${error.name}: `;
  const inner = error instanceof AggregateError ? error.errors.map(textOf).join('; ') : error.message;
  return `${name}${inner === '' ? 'no answer' : inner}`;
}

/**
 * Remembers what a content threw, so that it can be told from what the store did. An abort ends it too: clients tidy up after content that
 * fails, and not after requests that are cut off.
 */
export class WatchedContent {
  failed = false;
  error: unknown;
  readonly #content: AsyncIterable<Uint8Array>;
  readonly #signal: AbortSignal;

  constructor(content: AsyncIterable<Uint8Array>, signal: AbortSignal) {
    this.#content = content;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of this.#content) {
        this.#signal.throwIfAborted();
        yield chunk;
      }
      this.#signal.throwIfAborted();
    } catch (error) {
      this.failed = true;
      this.error = error;
      throw error;
    }
  }
}
