// The body of a request that is too large to be held: read once, while it comes.
import type { IncomingMessage } from 'node:http';
import type { PayloadContent } from '../../../engine/connector/index.ts';

export class StreamedBody implements PayloadContent {
  /** What the caller announced; Node holds the body to it. */
  readonly size: number | undefined;
  /** More came than is taken. */
  isTooLarge = false;
  readonly #request: IncomingMessage;
  readonly #maxBytes: number;

  constructor(request: IncomingMessage, maxBytes: number) {
    const { 'content-length': length } = request.headers;
    this.size = length === undefined ? undefined : Number(length);
    this.#request = request;
    this.#maxBytes = maxBytes;
  }

  async *open(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    let size = 0;
    // Leaving the loop early must not cut the connection: the caller is to get an answer.
    for await (const chunk of this.#request.iterator({ destroyOnReturn: false })) {
      signal.throwIfAborted();
      size += (chunk as Uint8Array).byteLength;
      if (size > this.#maxBytes) {
        this.isTooLarge = true;
        throw new Error(`the body has more than ${this.#maxBytes} bytes`);
      }
      yield chunk as Uint8Array;
    }
    if (!this.#request.complete) throw new Error('the caller went away in the middle of the body');
  }
}
