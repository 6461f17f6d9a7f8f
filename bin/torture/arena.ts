// What every case needs: a server, a flow from webhook to sink, the engine that runs it, and the accounts at the end.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DevServer, startServer } from '../../engine/devserver/start-server.ts';
import { testPort } from '../../engine/devserver/test-port.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { listDeadLetters } from '../../engine/runtime/dead-letter-box.ts';
import { Cable } from './cable.ts';
import { type EngineOptions, EngineProcess, vrsky } from './engine-process.ts';
import type { Fed } from './feeder.ts';
import { ServerCluster } from './servers.ts';
import { Sink } from './sink.ts';

/** What became of every accepted message, counted outside the engine. */
export interface Accounts {
  readonly accepted: number;
  readonly delivered: number;
  readonly filtered: number;
  readonly deadLettered: number;
  /** Deliveries beyond the first of each message. */
  readonly duplicates: number;
  /** Messages that a sink which honours Idempotency-Key would have executed more than once. */
  readonly executedTwice: number;
  /** Accepted and nowhere to be found. */
  readonly lost: readonly number[];
  /** Messages that arrived after a later one of their key; only counted in ordered flows. */
  readonly outOfOrder: number;
  readonly longestStallMs: number;
}

/** Every tenth message is to be filtered, every tenth after it is poison. */
export const isFiltered = (id: number): boolean => id % 10 === 0;
export const isPoison = (id: number): boolean => id % 10 === 1;

/** Lanes of the feeder, and keys of ordered flows: ids with the same remainder are offered one after the other. */
export const keys = 64;

export interface ArenaOptions {
  /** YAML for the flow's `limits`, `stream`, `ordering` and the like. */
  readonly spec?: string;
  readonly delivery?: string;
  readonly engine?: Partial<EngineOptions>;
  /** Where the server keeps its streams; a temporary folder when absent. */
  readonly storeDir?: string;
  /** Three servers instead of one. */
  readonly cluster?: boolean;
  /** Between engine and server. */
  readonly proxied?: boolean;
}

export class Arena {
  readonly sink: Sink;
  readonly engine: EngineProcess;
  readonly hook: string;
  readonly proxy: Cable | undefined;
  readonly cluster: ServerCluster | undefined;
  readonly #directory: string;
  readonly #storeDir: string;
  #server: DevServer | undefined;
  #outOfOrder = 0;

  private constructor(parts: {
    readonly directory: string;
    readonly storeDir: string;
    readonly server: DevServer | undefined;
    readonly cluster: ServerCluster | undefined;
    readonly proxy: Cable | undefined;
    readonly sink: Sink;
    readonly engine: EngineProcess;
    readonly hook: string;
  }) {
    this.#directory = parts.directory;
    this.#storeDir = parts.storeDir;
    this.#server = parts.server;
    this.cluster = parts.cluster;
    this.proxy = parts.proxy;
    this.sink = parts.sink;
    this.engine = parts.engine;
    this.hook = parts.hook;
    this.#watchOrder();
  }

  static async open(options: ArenaOptions = {}): Promise<Arena> {
    const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-torture-'));
    const storeDir = options.storeDir ?? path.join(directory, 'nats');
    const cluster = options.cluster === true ? await ServerCluster.start(directory) : undefined;
    const server =
      cluster === undefined ? await startServer({ storeDir, port: await testPort() }) : undefined;
    const proxy = options.proxied === true && server ? await Cable.start(server.port) : undefined;
    const sink = await Sink.start();
    const port = await testPort();
    const manifest = path.join(directory, 'torture.vrsky.yaml');
    await writeFile(manifest, manifestText(port, sink.url, options));
    const url = cluster?.url ?? server?.url ?? '';
    await vrsky(['apply', manifest], { server: url });
    const engine = new EngineProcess({ server: proxy?.url ?? url, ...options.engine });
    const hook = `http://127.0.0.1:${port}/in`;
    return new Arena({ directory, storeDir, server, cluster, proxy, sink, engine, hook });
  }

  /** SIGKILL, and up again on the same port and store after `downMs`. */
  async restartServer(downMs: number): Promise<void> {
    const { port } = this.#server as DevServer;
    await this.#server?.kill();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    this.#server = await startServer({ storeDir: this.#storeDir, port });
  }

  signalServer(signal: NodeJS.Signals): void {
    process.kill((this.#server as DevServer).pid, signal);
  }

  /** Runs a verb against the arena's server. */
  verb(...args: readonly string[]): Promise<string> {
    return vrsky(args, { server: this.#url });
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
    return connectBroker({ servers: this.#url.split(','), name: 'torture' });
  }

  async accounts(fed: Pick<Fed, 'accepted'>): Promise<Accounts> {
    const dead = await this.deadIds();
    const { received, duplicates, executedTwice, longestStallMs } = this.sink;
    const filtered = [...fed.accepted].filter((id) => isFiltered(id) && !received.has(id));
    const lost = [...fed.accepted].filter((id) => !received.has(id) && !dead.has(id) && !isFiltered(id));
    return {
      accepted: fed.accepted.size,
      delivered: received.size,
      filtered: filtered.length,
      deadLettered: dead.size,
      duplicates,
      executedTwice,
      lost,
      outOfOrder: this.#outOfOrder,
      longestStallMs,
    };
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.sink.close();
    await this.proxy?.close();
    await this.#server?.stop();
    await this.cluster?.stop();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async deadIds(): Promise<ReadonlySet<number>> {
    return new Set((await this.deadLetters()).values());
  }

  /** The number of each dead letter with the id of its message. */
  async deadLetters(): Promise<ReadonlyMap<number, number>> {
    const { cluster, broker } = await this.connect();
    const letters = new Map<number, number>();
    for await (const { stored } of listDeadLetters(cluster)) {
      const { id } = JSON.parse(Buffer.from(stored.data).toString()) as { readonly id: number };
      letters.set(stored.sequence, id);
    }
    await broker.close();
    return letters;
  }

  get #url(): string {
    return this.cluster?.url ?? (this.#server as DevServer).url;
  }

  #watchOrder(): void {
    const newest = new Map<number, number>();
    this.sink.onFirst = (id) => {
      const key = id % keys;
      if (id < (newest.get(key) ?? -1)) this.#outOfOrder++;
      else newest.set(key, id);
    };
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
    - { name: sink, type: http, url: "${sink}/", timeout: 2s, breaker: { probe: 500ms } }
  delivery: ${delivery ?? '{ attempts: 50, backoff: { initial: 100ms, factor: 2, max: 2s }, deadline: 1h }'}
${spec ?? ''}
`;
}
