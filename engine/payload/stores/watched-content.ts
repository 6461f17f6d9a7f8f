// Content on its way into a store, watched: so that what it throws can be told from what the store does.

/** An abort ends it too: clients tidy up after content that fails, and not after requests that are cut off. */
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
