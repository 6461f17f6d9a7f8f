// A small HTTP API for the poller's tests: a list of items with validators, failing on demand.
import { hash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
}

export interface Api {
  readonly url: string;
  /** Every request so far. */
  readonly asked: readonly Asked[];
  /** What the next answers hold. */
  content: unknown;
  /** When set, answered instead. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Whether answers carry an ETag. */
  tagged: boolean;
  kill(): Promise<void>;
  revive(): Promise<void>;
  close(): Promise<void>;
}

export async function startApi(content: unknown, token?: string): Promise<Api> {
  const asked: Asked[] = [];
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;

  async function listen(onPort: number): Promise<Server> {
    const created = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      response.once('close', () =>
        asked.push({ method: request.method, headers: request.headers, body, status: response.statusCode }),
      );
      respond(request, response);
    }).listen(onPort, '127.0.0.1');
    await new Promise((resolve) => created.once('listening', resolve));
    return created;
  }

  function respond(request: IncomingMessage, response: ServerResponse): void {
    const text = JSON.stringify(api.content ?? null);
    const etag = `"${hash('sha256', text, 'base64url')}"`;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      response.writeHead(401).end();
    else if (api.answer !== undefined) api.answer(request, response);
    else if (api.tagged && request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json', ...(api.tagged ? { etag } : {}) })
        .end(text);
  }

  async function kill(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  const api: Api = {
    url: `http://127.0.0.1:${port}/list`,
    asked,
    content,
    answer: undefined,
    tagged: true,
    kill,
    async revive() {
      server = await listen(port);
    },
    async close() {
      if (server.listening) await kill();
    },
  };
  return api;
}
