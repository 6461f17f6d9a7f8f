// Listens for webhooks that say that something was pushed. Whatever they hold, they only nudge.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { bodyHmac, isGenuine } from './nudge-signature.ts';

export interface NudgeServerOptions {
  readonly port: number;
  /** All interfaces when absent. */
  readonly host?: string;
  /** By name of the source: `POST /hooks/NAME`; with a single source any path does. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly onNudge: (source: string) => void;
}

export interface NudgeServer {
  readonly port: number;
  close(): Promise<void>;
}

/** GitHub sends up to 25 MiB. */
const maxBodyBytes = 26 * 1024 * 1024;

/** Throws VRS7025 when the port cannot be had, or there is no secret. */
export async function startNudgeServer(options: NudgeServerOptions): Promise<NudgeServer> {
  if (options.secrets.size === 0 || [...options.secrets.values()].includes(''))
    throw new VrskyError('VRS7025', 'a webhook needs a secret: without one anybody could call it', {
      help: 'Set VRSKY_WEBHOOK_SECRET, or `webhook.secret` of the source.',
    });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${cause.message}`;
      reject(
        new VrskyError('VRS7025', `port ${options.port} ${why}`, { cause, help: 'Choose another one.' }),
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: NudgeServerOptions,
): Promise<void> {
  const status = await take(request, options);
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${meanings[status]}\n`);
}

const meanings = {
  202: 'looking',
  401: 'the signature is missing or wrong',
  404: 'no such source',
  405: 'POST it',
  413: 'too large',
} as const;

async function take(request: IncomingMessage, options: NudgeServerOptions): Promise<keyof typeof meanings> {
  if (request.method !== 'POST') return 405;
  const source = sourceOf(request.url ?? '', [...options.secrets.keys()]);
  const secret = source === undefined ? undefined : options.secrets.get(source);
  if (source === undefined || secret === undefined) return 404;
  const hmac = bodyHmac(secret);
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return 413;
    hmac.update(chunk);
  }
  if (!isGenuine(request.headers, secret, hmac.digest())) return 401;
  options.onNudge(source);
  return 202;
}

function sourceOf(url: string, names: readonly string[]): string | undefined {
  const name = /^\/hooks\/([a-z0-9-]+)\/?(?:\?|$)/.exec(url)?.[1];
  if (name !== undefined) return names.find((one) => one === name);
  return names.length === 1 ? names[0] : undefined;
}
