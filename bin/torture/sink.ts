// Where tortured flows deliver to: an HTTP server outside the engine that counts what arrives by id.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How the sink answers: as it should, with a 500, by cutting the connection, after half an answer, never, or not before a while. */
export type SinkMood = 'ok' | 'failing' | 'resetting' | 'half' | 'silent' | { readonly delayMs: number };

export class Sink {
  readonly url: string;
  /** Id → how often it was taken with a 2xx answer. */
  readonly received = new Map<number, number>();
  mood: SinkMood = 'ok';
  refused = 0;
  /** Times between two arrivals are measured from here. */
  longestStallMs = 0;
  /** Called with every id that arrives for the first time. */
  onFirst: (id: number) => void = () => undefined;
  readonly #server: Server;
  /** Idempotency keys seen: what a sink that honours them would execute. */
  readonly #keys = new Map<number, Set<string>>();
  #lastMs = 0;

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

  /** Deliveries beyond the first of each id. */
  get duplicates(): number {
    let count = 0;
    for (const times of this.received.values()) count += times - 1;
    return count;
  }

  /** Ids that a sink which honours `Idempotency-Key` would have executed more than once. */
  get executedTwice(): number {
    let count = 0;
    for (const keys of this.#keys.values()) if (keys.size > 1) count++;
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
    if (typeof mood === 'object') await new Promise((resolve) => setTimeout(resolve, mood.delayMs));
    else if (mood !== 'ok') {
      this.#misbehave(mood, request, response);
      return;
    }
    const { id } = JSON.parse(body) as { readonly id: number };
    this.#count(id, String(request.headers['idempotency-key']));
    response.writeHead(204).end();
  }

  #misbehave(
    mood: Exclude<SinkMood, 'ok' | object>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    this.refused++;
    if (mood === 'failing') response.writeHead(500).end();
    else if (mood === 'resetting') request.socket.destroy();
    else if (mood === 'half') {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"half"', () => request.socket.destroy());
    }
    // Silent: the client's own time-out ends it.
  }

  #count(id: number, key: string): void {
    const now = Date.now();
    if (this.#lastMs > 0) this.longestStallMs = Math.max(this.longestStallMs, now - this.#lastMs);
    this.#lastMs = now;
    const times = this.received.get(id) ?? 0;
    this.received.set(id, times + 1);
    const keys = this.#keys.get(id) ?? new Set();
    this.#keys.set(id, keys.add(key));
    if (times === 0) this.onFirst(id);
  }
}
