// Where tortured flows deliver to: an HTTP server outside the engine that counts what arrives by id.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { testPort } from '../../engine/devserver/test-port.ts';

/** How the sink answers: as it should, with a 500, with a refusal for good, by cutting the connection, after half an answer, never, or late. */
export type SinkMood =
  | 'ok'
  | 'failing'
  | 'rejecting'
  | 'resetting'
  | 'half'
  | 'silent'
  | { readonly delayMs: number };

export class Sink {
  /** Id → how often it was taken with a 2xx answer. */
  readonly received = new Map<number, number>();
  mood: SinkMood = 'ok';
  refused = 0;
  /** Times between two arrivals are measured from here. */
  longestStallMs = 0;
  readonly #port: number;
  #server: Server | undefined;
  readonly #watchers: ((id: number) => void)[] = [];
  /** Idempotency keys seen: what a sink that honours them would execute. */
  readonly #keys = new Map<number, Set<string>>();
  #lastMs = 0;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(): Promise<Sink> {
    const sink = new Sink(await testPort());
    await sink.comeBack();
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Called with every id that arrives for the first time. */
  onFirst(watcher: (id: number) => void): void {
    this.#watchers.push(watcher);
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

  /** Nobody listens any more: connections are cut, new ones refused. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async comeBack(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    const { mood } = this;
    if (typeof mood === 'object') await pause(mood.delayMs);
    else if (mood !== 'ok') {
      this.#misbehave(mood, request, response);
      return;
    }
    const value = JSON.parse(body) as { readonly id: number } | readonly { readonly id: number }[];
    this.#count(
      (Array.isArray(value) ? value : [value]).map(({ id }) => id),
      String(request.headers['idempotency-key']),
    );
    response.writeHead(204).end();
  }

  #misbehave(
    mood: Exclude<SinkMood, 'ok' | object>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    this.refused++;
    if (mood === 'failing') response.writeHead(500).end();
    else if (mood === 'rejecting') response.writeHead(422).end();
    else if (mood === 'resetting') request.socket.destroy();
    else if (mood === 'half') {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"half"', () => request.socket.destroy());
    }
    // Silent: the client's own time-out ends it.
  }

  #count(ids: readonly number[], key: string): void {
    const now = performance.now();
    if (this.#lastMs > 0) this.longestStallMs = Math.max(this.longestStallMs, Math.round(now - this.#lastMs));
    this.#lastMs = now;
    for (const id of ids) {
      const times = this.received.get(id) ?? 0;
      this.received.set(id, times + 1);
      const keys = this.#keys.get(id) ?? new Set();
      this.#keys.set(id, keys.add(key));
      if (times === 0) for (const watcher of this.#watchers) watcher(id);
    }
  }
}
