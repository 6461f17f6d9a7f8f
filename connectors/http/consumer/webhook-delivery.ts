// A received request as a delivery: what it carries, and the answers for stored and not stored.
import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Delivery, type NackCause, Payload } from '../../../engine/connector/index.ts';
import { accept, refuse } from './answer.ts';
import type { ChooseHeaders } from './chosen-headers.ts';
import { StreamedBody } from './streamed-body.ts';

const longestId = 200;

export class WebhookDelivery implements Delivery {
  readonly payload: Payload;
  readonly headers: Readonly<Record<string, string>>;
  readonly id?: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #stopping: () => boolean;
  readonly #body: Buffer | StreamedBody;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer | StreamedBody,
    chooseHeaders: ChooseHeaders,
    idHeader: string,
    stopping: () => boolean,
  ) {
    this.#request = request;
    this.#response = response;
    this.#stopping = stopping;
    const type = request.headers['content-type'] ?? 'application/octet-stream';
    this.#body = body;
    this.payload = body instanceof StreamedBody ? Payload.ofContent(body, type) : Payload.ofBytes(body, type);
    this.headers = messageHeaders(request, chooseHeaders);
    const id = request.headers[idHeader];
    if (typeof id === 'string' && id !== '') this.id = id.length <= longestId ? id : hash('sha256', id);
  }

  ack(messageId?: string): void {
    accept(this.#response, messageId, this.#stopping());
  }

  nack(cause: NackCause): void {
    const isTooLarge = this.#body instanceof StreamedBody && this.#body.isTooLarge;
    if (cause.kind === 'refused' || isTooLarge) {
      refuse(this.#request, this.#response, 413);
      return;
    }
    const again = { 'retry-after': String(Math.max(1, Math.ceil(cause.retryAfterMs / 1000))) };
    if (this.#stopping()) refuse(this.#request, this.#response, 503, { ...again, connection: 'close' });
    else refuse(this.#request, this.#response, 429, again);
  }
}

/** The chosen request headers, and where the request went. */
function messageHeaders(
  request: IncomingMessage,
  chooseHeaders: ChooseHeaders,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  chooseHeaders(request.headers, headers);
  const url = request.url ?? '';
  const query = url.indexOf('?');
  headers['http-method'] = request.method ?? '';
  headers['http-path'] = query === -1 ? url : url.slice(0, query);
  if (query !== -1 && query + 1 < url.length) headers['http-query'] = url.slice(query + 1);
  return headers;
}
