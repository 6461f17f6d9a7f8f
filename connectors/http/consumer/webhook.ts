// One HTTP consumer: judges each request, collects its body, offers it as a delivery and answers what became of it.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import {
  acceptedEncodings,
  decodeContentEncoding,
  isIdentity,
  isKnownEncoding,
} from '../../../engine/connector/http/index.ts';
import { DeliveryQueue } from '../../../engine/connector/index.ts';
import { type RefusalStatus, refuse } from './answer.ts';
import type { ChooseHeaders } from './chosen-headers.ts';
import type { Route } from './listener.ts';
import { StreamedBody } from './streamed-body.ts';
import type { Verifier } from './verify.ts';
import { WebhookDelivery } from './webhook-delivery.ts';

export interface WebhookOptions {
  readonly path: string;
  readonly methods: readonly string[];
  readonly owner: string;
  readonly holder?: string;
  readonly maxBytes: number;
  readonly maxInFlight: number;
  /** Bytes of bodies in memory at most, all requests together. */
  readonly maxInFlightBytes: number;
  readonly acceptsType: (contentType: string | undefined) => boolean;
  readonly chooseHeaders: ChooseHeaders;
  readonly idHeader: string;
  readonly verifier: Verifier | undefined;
  readonly debug: (message: string) => void;
}

/** A request under way, from its arrival until it is answered or gone. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  size: number;
}

/** Larger bodies are not held in memory. */
const streamedFrom = 256 * 1024;

const busyAfter = { 'retry-after': '1' };

export class Webhook implements Route {
  readonly path: string;
  readonly methods: readonly string[];
  readonly owner: string;
  readonly holder?: string;
  readonly deliveries: DeliveryQueue<WebhookDelivery>;
  readonly #options: WebhookOptions;
  #inFlight = 0;
  #inFlightBytes = 0;
  #stopping = false;
  /** Nobody reads deliveries any more. */
  #isOver = false;
  #onIdle: (() => void) | undefined;

  /** `onReturn` runs when the engine stops reading. */
  constructor(options: WebhookOptions, onReturn: () => Promise<void>) {
    this.path = options.path;
    this.methods = options.methods;
    this.owner = options.owner;
    if (options.holder !== undefined) this.holder = options.holder;
    this.#options = options;
    this.deliveries = new DeliveryQueue(onReturn);
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    if (this.#stopping) {
      this.#turnAway(request, response);
      return;
    }
    const verdict = this.#judge(request);
    if (verdict !== undefined) {
      refuse(request, response, verdict.status, verdict.headers);
      return;
    }
    this.#enter({ request, response, size: 0 });
    if (expectsContinue) response.writeContinue();
  }

  /**
   * From now on callers are turned away. Resolves when everybody who was let in is answered, those whose body is still coming too, or
   * the grace time is over.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const delivery of this.deliveries.takeBack())
      delivery.nack({ kind: 'busy', message: 'stopping', retryAfterMs: 5000 });
    if (this.#inFlight > 0) await this.#idle(graceMs);
    this.#isOver = true;
  }

  #idle(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #turnAway(request: IncomingMessage, response: ServerResponse): void {
    refuse(request, response, 503, { 'retry-after': '5', connection: 'close' });
  }

  /** Everything that can be told from the head alone. The caller's right to be here comes first. */
  #judge({
    headers,
  }: IncomingMessage):
    | { readonly status: RefusalStatus; readonly headers?: OutgoingHttpHeaders }
    | undefined {
    const { verifier, acceptsType, maxBytes, maxInFlight, maxInFlightBytes, debug } = this.#options;
    const refusal = verifier?.beforeBody?.(headers, Date.now());
    if (refusal !== undefined) {
      debug(`401: ${refusal}`);
      return { status: 401, headers: { 'www-authenticate': verifier?.challenge } };
    }
    if (!acceptsType(headers['content-type'])) return { status: 415 };
    if (!isKnownEncoding(headers['content-encoding']))
      return { status: 415, headers: { 'accept-encoding': acceptedEncodings } };
    if (Number(headers['content-length'] ?? 0) > maxBytes) return { status: 413 };
    if (this.#inFlight >= maxInFlight || this.#inFlightBytes >= maxInFlightBytes)
      return { status: 429, headers: busyAfter };
    return undefined;
  }

  #enter(visit: Visit): void {
    const { request, response } = visit;
    this.#inFlight++;
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    const onData = (chunk: Buffer) => {
      if (this.#isStreamed(visit, chunk)) {
        request.off('data', onData);
        request.off('end', onEnd);
        this.#offerStream(visit, [first, ...(more?.slice(1) ?? []), chunk]);
        return;
      }
      visit.size += chunk.length;
      this.#inFlightBytes += chunk.length;
      const refusal = this.#outgrown(visit);
      if (refusal !== undefined) {
        first = more = undefined;
        refuse(request, response, refusal, refusal === 429 ? busyAfter : {});
      } else if (first === undefined) first = chunk;
      else if (more === undefined) more = [first, chunk];
      else more.push(chunk);
    };
    const onEnd = () => {
      if (response.headersSent) return;
      const body = more === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(more, visit.size);
      this.#receive(visit, body);
    };
    request.on('data', onData).on('end', onEnd);
    response.on('close', () => this.#leave(visit));
  }

  /** A body that outgrows memory is handed on as it comes, where nothing has to be known of the whole before. */
  #isStreamed({ request, response, size }: Visit, chunk: Buffer): boolean {
    const { verifier, maxBytes } = this.#options;
    const next = size + chunk.length;
    return (
      next > streamedFrom &&
      next <= maxBytes &&
      !response.headersSent &&
      verifier?.withBody === undefined &&
      isIdentity(request.headers['content-encoding'])
    );
  }

  #offerStream({ request, response }: Visit, head: readonly (Buffer | undefined)[]): void {
    const { chooseHeaders, idHeader, maxBytes } = this.#options;
    request.pause();
    request.unshift(Buffer.concat(head.filter((chunk) => chunk !== undefined)));
    if (this.#isOver) {
      this.#turnAway(request, response);
      return;
    }
    const body = new StreamedBody(request, maxBytes);
    this.deliveries.push(
      new WebhookDelivery(request, response, body, chooseHeaders, idHeader, () => this.#stopping),
    );
  }

  /** Many bodies may begin while there is room and outgrow it together. */
  #outgrown(visit: Visit): 413 | 429 | undefined {
    if (visit.size > this.#options.maxBytes) return 413;
    return this.#inFlightBytes > this.#options.maxInFlightBytes ? 429 : undefined;
  }

  #leave(visit: Visit): void {
    this.#inFlight--;
    this.#inFlightBytes -= visit.size;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  #receive(visit: Visit, body: Buffer): void {
    const encoding = visit.request.headers['content-encoding'];
    if (isIdentity(encoding)) this.#offer(visit, body);
    else void this.#decodeAndOffer(visit, encoding, body);
  }

  async #decodeAndOffer(visit: Visit, encoding: string | undefined, body: Buffer): Promise<void> {
    const decoded = await decodeContentEncoding(encoding, body, this.#options.maxBytes);
    if (decoded.kind === 'decoded') {
      const grown = decoded.body.length - body.length;
      visit.size += grown;
      this.#inFlightBytes += grown;
      this.#offer(visit, decoded.body);
    } else refuse(visit.request, visit.response, decoded.kind === 'too-large' ? 413 : 400);
  }

  #offer({ request, response }: Visit, body: Buffer): void {
    const { verifier, chooseHeaders, idHeader, debug } = this.#options;
    const refusal = verifier?.withBody?.(request.headers, body);
    if (refusal !== undefined) {
      debug(`401: ${refusal}`);
      refuse(request, response, 401, { 'www-authenticate': verifier?.challenge });
    } else if (this.#isOver) this.#turnAway(request, response);
    else if (!response.destroyed) {
      this.deliveries.push(
        new WebhookDelivery(request, response, body, chooseHeaders, idHeader, () => this.#stopping),
      );
    }
  }
}
