// Where tortured flows deliver to: an HTTP server outside the engine that counts what arrives by id.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How the sink answers: as it should, with a 500, by cutting the connection, or not before a while. */
export type SinkMood = 'ok' | 'failing' | 'resetting' | { readonly delayMs: number };

export class Sink {
  readonly url: string;
  /** Id → how often it arrived with a 2xx answer. */
  readonly received = new Map<number, number>();
  mood: SinkMood = 'ok';
  refused = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Sink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const sink = new Sink(server);
    server.on('request', (request, response) => void sink.#answer(request, response));
    return sink;
  }

  get duplicates(): number {
    let count = 0;
    for (const times of this.received.values()) count += times - 1;
    return count;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    const { mood } = this;
    if (mood === 'failing' || mood === 'resetting') {
      this.refused++;
      if (mood === 'failing') response.writeHead(500).end();
      else request.socket.destroy();
      return;
    }
    if (typeof mood === 'object') await new Promise((resolve) => setTimeout(resolve, mood.delayMs));
    const { id } = JSON.parse(body) as { readonly id: number };
    this.received.set(id, (this.received.get(id) ?? 0) + 1);
    response.writeHead(204).end();
  }
}
