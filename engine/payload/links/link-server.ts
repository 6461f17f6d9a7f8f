// Serves links to payloads: each once, until it expires, as a stream that is complete or broken off, never wrong.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { PayloadDepot } from '../depot.ts';
import { type ClaimRefusal, LinkClaim } from './link-claim.ts';
import { linkPath } from './link-issuer.ts';
import { type PayloadLink, readLink } from './link-token.ts';

export interface LinkServerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly secret: Uint8Array;
  readonly depot: PayloadDepot;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (level: 'info' | 'warn', message: string) => void;
}

export interface LinkServer {
  /** As listened on. */
  readonly origin: string;
  /** Stops accepting; what is being downloaded may go on for this long. */
  close(graceMs: number): Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly why: string;
}

const retryAfterSeconds = '5';
const expired: Refusal = { status: 410, why: 'this link has expired' };
const refusals: Readonly<Record<ClaimRefusal, Refusal>> = {
  used: { status: 410, why: 'this link was used already' },
  'in use': { status: 409, why: 'this link is being used' },
};

export async function startLinkServer(options: LinkServerOptions): Promise<LinkServer> {
  const desk = new LinkDesk(options);
  const server = createServer((request, response) => void desk.answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    origin: `http://${host}:${port}`,
    async close(graceMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(timer);
    },
  };
}

class LinkDesk {
  readonly #options: LinkServerOptions;

  constructor(options: LinkServerOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    try {
      await this.#answer(request, response);
    } catch (error) {
      this.#options.log('warn', `link: ${(error as Error).message}`);
      if (response.headersSent) response.destroy();
      else refuse(response, refusalOf(error));
    }
  }

  async #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD')
      return refuse(response, { status: 405, why: 'only GET and HEAD' });
    const { secret } = this.#options;
    const link = url.startsWith(linkPath) ? readLink(url.slice(linkPath.length), secret) : undefined;
    if (link === undefined) return refuse(response, { status: 404, why: 'this is no link of ours' });
    if (this.#options.now() >= link.until) refuse(response, expired);
    else if (method === 'HEAD') await this.#describe(link, response);
    else await this.#hand(link, response);
  }

  async #describe(link: PayloadLink, response: ServerResponse): Promise<void> {
    const entry = await this.#options.depot.holders.find(link.reference.key);
    if (entry?.collecting === true || entry?.holders.includes(link.holder) !== true)
      refuse(response, refusals.used);
    else response.writeHead(200, headersOf(link)).end();
  }

  /** A download that breaks off may be tried again; one that came to its end uses the link up. */
  async #hand(link: PayloadLink, response: ServerResponse): Promise<void> {
    const { depot, now } = this.#options;
    const claim = await LinkClaim.take(link, { holders: depot.holders, now });
    if (typeof claim === 'string') return refuse(response, refusals[claim]);
    try {
      await this.#send(link, response, claim.lost);
      await claim.use();
    } catch (error) {
      await claim.drop().catch(() => undefined);
      throw error;
    }
  }

  async #send(link: PayloadLink, response: ServerResponse, lost: AbortSignal): Promise<void> {
    const stop = new AbortController();
    response.once('close', () => stop.abort());
    const content =
      this.#options.depot.payload(link.reference).content?.open(AbortSignal.any([stop.signal, lost])) ?? [];
    // What is wrong with the store shows before anything is said.
    const iterator = (content as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const first = await iterator.next();
    response.writeHead(200, headersOf(link));
    await pipeline(Readable.from(from(first, iterator), { objectMode: false }), response, { signal: lost });
  }
}

async function* from(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Whatever the content claims to be, no browser is to run it in the name of this host. */
function headersOf({ reference }: PayloadLink): Readonly<Record<string, string>> {
  const { contentType, size, sha256 } = reference;
  return {
    'content-type': /^[\t\x20-\x7e]+$/.test(contentType) ? contentType : 'application/octet-stream',
    'content-length': String(size),
    'content-disposition': 'attachment',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    // RFC 9530
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
  };
}

function refusalOf(error: unknown): Refusal {
  const isPassing = !(error instanceof VrskyError) || error.retryable;
  return isPassing
    ? { status: 503, why: 'not now, try again' }
    : { status: 500, why: 'what was stored cannot be read any more' };
}

function refuse(response: ServerResponse, { status, why }: Refusal): void {
  const again = status === 503 || status === 409 ? { 'retry-after': retryAfterSeconds } : {};
  response
    .writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store', ...again })
    .end(`${why}\n`);
}
