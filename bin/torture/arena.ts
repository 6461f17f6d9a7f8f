// What every case needs: a server, a flow from webhook to sink, the engine that runs it, and the accounts at the end.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DevServer, startServer } from '../../engine/devserver/start-server.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { listDeadLetters } from '../../engine/runtime/dead-letter-box.ts';
import { EngineProcess, vrsky } from './engine-process.ts';
import type { Fed } from './feeder.ts';
import { Sink } from './sink.ts';

/** What became of every accepted message, counted outside the engine. */
export interface Accounts {
  readonly accepted: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly deadLettered: number;
  readonly duplicates: number;
  /** Accepted and nowhere to be found. */
  readonly lost: readonly number[];
  readonly longestStallMs: number;
}

/** Every tenth message is to be filtered, every tenth after it is poison. */
export const isFiltered = (id: number): boolean => id % 10 === 0;
export const isPoison = (id: number): boolean => id % 10 === 1;

export interface ArenaOptions {
  /** YAML for the flow's `limits`, `stream` and the like. */
  readonly spec?: string;
  readonly delivery?: string;
}

export class Arena {
  readonly sink: Sink;
  readonly engine: EngineProcess;
  readonly hook: string;
  readonly #directory: string;
  #server: DevServer;

  private constructor(directory: string, server: DevServer, sink: Sink, engine: EngineProcess, hook: string) {
    this.#directory = directory;
    this.#server = server;
    this.sink = sink;
    this.engine = engine;
    this.hook = hook;
  }

  static async open(options: ArenaOptions = {}): Promise<Arena> {
    const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-torture-'));
    const server = await startServer({ storeDir: path.join(directory, 'nats') });
    const sink = await Sink.start();
    const port = await freePort();
    const manifest = path.join(directory, 'torture.vrsky.yaml');
    await writeFile(manifest, manifestText(port, sink.url, options));
    await vrsky(['apply', manifest], { server: server.url });
    const engine = new EngineProcess({ server: server.url });
    return new Arena(directory, server, sink, engine, `http://127.0.0.1:${port}/in`);
  }

  /** SIGKILL, and up again on the same port and store after `downMs`. */
  async restartServer(downMs: number): Promise<void> {
    const { port } = this.#server;
    await this.#server.kill();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.#server = await startServer({ storeDir: path.join(this.#directory, 'nats'), port });
  }

  /** Waits until nothing waits in the flow any more. */
  async drained(patienceMs: number): Promise<void> {
    const { cluster, broker } = await this.connect();
    const giveUpAt = Date.now() + patienceMs;
    try {
      for (;;) {
        const waiting = (await cluster.listStreams())
          .filter(({ spec }) => spec.retention === 'workqueue')
          .reduce((sum, { messages }) => sum + messages, 0);
        if (waiting === 0) return;
        if (Date.now() > giveUpAt)
          throw new Error(
            `${waiting} messages still wait after ${patienceMs} ms; the engine said:\n${this.engine.log.slice(-2000)}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await broker.close();
    }
  }

  connect() {
    return connectBroker({ servers: [this.#server.url], name: 'torture' });
  }

  async accounts(fed: Fed): Promise<Accounts> {
    const dead = await this.#deadIds();
    const { received, duplicates } = this.sink;
    const filtered = [...fed.accepted].filter((id) => isFiltered(id) && !received.has(id));
    const lost = [...fed.accepted].filter((id) => !received.has(id) && !dead.has(id) && !isFiltered(id));
    return {
      accepted: fed.accepted.size,
      delivered: received.size,
      filtered: filtered.length,
      deadLettered: dead.size,
      duplicates,
      lost,
      longestStallMs: fed.longestStallMs,
    };
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.sink.close();
    await this.#server.stop();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #deadIds(): Promise<ReadonlySet<number>> {
    const { cluster, broker } = await this.connect();
    const ids = new Set<number>();
    for await (const { stored } of listDeadLetters(cluster))
      ids.add((JSON.parse(Buffer.from(stored.data).toString()) as { readonly id: number }).id);
    await broker.close();
    return ids;
  }
}

function manifestText(port: number, sink: string, { spec, delivery }: ArenaOptions): string {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: torture
spec:
  consumers:
    - { name: hook, type: http, port: ${port}, path: /in, id: x-id }
  steps:
    - name: tenth
      type: filter
      when: |
        id % 10 != 0
    - name: poison
      type: map
      expression: |
        id % 10 = 1 ? $error("poison") : { "id": id }
  producers:
    - { name: sink, type: http, url: "${sink}/" }
  delivery: ${delivery ?? '{ attempts: 50, backoff: { initial: 100ms, factor: 2, max: 2s }, deadline: 1h }'}
${spec ?? ''}
`;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
