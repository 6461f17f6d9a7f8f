// The HTTP client of connectors: pooled connections, bounded exchanges, redirects that cannot be turned against the network.
import { Agent } from 'undici';
import { PermanentError } from '../errors.ts';
import {
  type ExchangeAnswer,
  type ExchangeLimits,
  type ExchangeRequest,
  exchange,
  requestLine,
} from './exchange.ts';
import { guardedLookup, isPrivateAddress, literalAddress } from './private-address.ts';
import { type ClientTls, readTlsFiles } from './tls-files.ts';

export interface HttpClientOptions extends ExchangeLimits {
  /** Connections per server at most. */
  readonly connections: number;
  /** Redirects followed per request at most; with 0 a redirect is an answer like any other. */
  readonly redirects: number;
  /** Whether redirects, and hosts that came out of message data, may lead to loopback, private and link-local addresses. */
  readonly allowPrivate: boolean;
  readonly tls?: ClientTls;
  readonly resolvePath: (path: string) => string;
}

export interface HttpRequest extends ExchangeRequest {
  /** The author of the flow wrote the host. Any other host may only have public addresses. */
  readonly trustedHost: boolean;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** All that another origin gets to see: credentials can stand in any header. */
const portable: ReadonlySet<string> = new Set(['accept', 'content-type', 'idempotency-key', 'user-agent']);

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #direct: Agent;
  readonly #guarded: Agent;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const { ca, cert, key } = readTlsFiles(options.tls ?? {}, options.resolvePath);
    const { rejectUnauthorized = true, servername } = options.tls ?? {};
    const connect = {
      timeout: options.timeoutMs,
      allowH2: false,
      ca,
      cert,
      key,
      rejectUnauthorized,
      servername,
    };
    const pool = { connections: options.connections, headersTimeout: 0, bodyTimeout: 0 };
    this.#direct = new Agent({ ...pool, connect: definedOnly(connect) });
    this.#guarded = new Agent({ ...pool, connect: definedOnly({ ...connect, lookup: guardedLookup }) });
  }

  /** Sends one request and follows its redirects. Resolves with any answer, whatever its status. */
  async request(request: HttpRequest, signal: AbortSignal): Promise<ExchangeAnswer> {
    let current = request;
    for (let followed = 0; ; followed++) {
      const answer = await this.#send(current, signal);
      const location = redirectStatuses.has(answer.status) ? answer.headers.location : undefined;
      if (location === undefined || this.#options.redirects === 0) return answer;
      if (followed === this.#options.redirects) {
        throw new PermanentError(`${requestLine(request)}: more than ${followed} redirects`);
      }
      current = this.#redirected(current, request, answer.status, location);
    }
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    await Promise.all([this.#direct.destroy(), this.#guarded.destroy()]);
  }

  #send(request: HttpRequest, signal: AbortSignal): Promise<ExchangeAnswer> {
    if (request.trustedHost || this.#options.allowPrivate)
      return exchange(this.#direct, request, this.#options, signal);
    const address = literalAddress(request.url);
    if (address !== undefined && isPrivateAddress(address)) {
      return Promise.reject(new PermanentError(`${requestLine(request)}: ${address} is a private address`));
    }
    return exchange(this.#guarded, request, this.#options, signal);
  }

  /** 303 is asked for with GET; every other redirect repeats the request as it was, so that no payload is dropped silently. */
  #redirected(from: HttpRequest, first: HttpRequest, status: number, location: string): HttpRequest {
    const url = URL.parse(location, from.url.href);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== first.url.protocol)) {
      throw new PermanentError(
        `${requestLine(from)}: answered ${status} with a location that is not followed`,
      );
    }
    const seeOther = status === 303;
    const sameOrigin = url.origin === first.url.origin;
    const kept = Object.entries(from.headers).filter(
      ([name]) => (sameOrigin || portable.has(name)) && !(seeOther && name === 'content-type'),
    );
    return {
      method: seeOther ? 'GET' : from.method,
      url,
      headers: Object.fromEntries(kept),
      body: seeOther ? undefined : from.body,
      trustedHost: sameOrigin && first.trustedHost,
    };
  }
}

function definedOnly<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
