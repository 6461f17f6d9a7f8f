// One request and its answer over an undici dispatcher, bounded in time and size.
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { PayloadContent } from '../../payload/content.ts';
import { NotConnectedError, PermanentError, RetryableError } from '../errors.ts';
import { type Abortable, enter, leave } from '../running.ts';
import { PrivateAddressError } from './private-address.ts';

export interface ExchangeRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is opened anew for every redirect. */
  readonly body: Uint8Array | PayloadContent | undefined;
}

export interface ExchangeLimits {
  readonly timeoutMs: number;
  /** Bytes of the answer's body to keep. */
  readonly keepBytes: number;
  /** What to do with a longer body: keep its beginning, or fail with PermanentError. */
  readonly overflow: 'truncate' | 'fail';
}

export interface ExchangeAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A body is read to its end, so that the connection can be used again, up to this many bytes past what is kept. */
const drainBytes = 64 * 1024;

/** Where a request went, without what may be secret in a URL: user, query. */
export function requestLine(request: Pick<ExchangeRequest, 'method' | 'url'>): string {
  return `${request.method} ${request.url.origin}${request.url.pathname}`;
}

/** Resolves with whatever the server answered. Rejects with one of the three connector errors. */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<ExchangeAnswer> {
  if (signal.aborted) return Promise.reject(new RetryableError(`${requestLine(request)}: stopped`));
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(request, limits, signal, resolve, reject);
    dispatcher.dispatch(
      {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: { ...request.headers, ...lengthOf(request.body) },
        body: bodyOf(request.body, signal, () => handler.progress()),
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    );
  });
}

/** Of a stream whose size is known; without it the body goes out in chunks. */
function lengthOf(body: ExchangeRequest['body']): Readonly<Record<string, string>> {
  if (body === undefined || body instanceof Uint8Array || body.size === undefined) return {};
  return { 'content-length': String(body.size) };
}

function bodyOf(
  body: ExchangeRequest['body'],
  signal: AbortSignal,
  onProgress: () => void,
): Uint8Array | Readable | null {
  if (body === undefined) return null;
  if (body instanceof Uint8Array) return body;
  return Readable.from(reported(body.open(signal), onProgress), { objectMode: false });
}

async function* reported(
  content: AsyncIterable<Uint8Array>,
  onProgress: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of content) {
    onProgress();
    yield chunk;
  }
}

/** Collects one answer. The time limit covers everything from the start on, waiting for a connection included. */
class ExchangeHandler implements Dispatcher.DispatchHandler, Abortable {
  place = 0;
  readonly #request: ExchangeRequest;
  readonly #limits: ExchangeLimits;
  readonly #signal: AbortSignal;
  readonly #resolve: (answer: ExchangeAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(
    request: ExchangeRequest,
    limits: ExchangeLimits,
    signal: AbortSignal,
    resolve: (answer: ExchangeAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#request = request;
    this.#limits = limits;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(
      () =>
        this.#giveUp(new RetryableError(`${requestLine(request)}: no answer within ${limits.timeoutMs} ms`)),
      limits.timeoutMs,
    );
    enter(signal, this);
  }

  abort(): void {
    this.#giveUp(new RetryableError(`${requestLine(this.#request)}: stopped`));
  }

  /** While a streamed body goes out, the time limit is about standstill. */
  progress(): void {
    this.#timer.refresh();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = joinHeaders(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { keepBytes, overflow } = this.#limits;
    const room = keepBytes - this.#size;
    this.#size += chunk.length;
    if (room > 0) this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (this.#size <= keepBytes) return;
    if (overflow === 'fail') {
      this.#giveUp(
        new PermanentError(`${requestLine(this.#request)}: the answer is larger than ${keepBytes} bytes`),
      );
    } else if (this.#size > keepBytes + drainBytes) {
      this.#finish();
      controller.abort(new Error('enough'));
    }
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(connectorError(this.#request, error));
  }

  #finish(): void {
    if (!this.#settle()) return;
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  #giveUp(error: Error): void {
    this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: Error): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    leave(this.#signal, this);
    return true;
  }
}

function joinHeaders(
  headers: Record<string, string | string[] | undefined>,
): Readonly<Record<string, string>> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined)
      joined[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

/** What a failed exchange means. A certificate that cannot be verified counts as not connected: it can be mended while messages wait. */
function connectorError(request: ExchangeRequest, error: Error): Error {
  const code = (error as { readonly code?: unknown }).code;
  const text = `${requestLine(request)}: ${error.message || String(code)}`;
  if (error instanceof PrivateAddressError) return new PermanentError(text, { cause: error });
  if (code === 'UND_ERR_INVALID_ARG') return new PermanentError(text, { cause: error });
  return new NotConnectedError(text, { cause: error });
}
