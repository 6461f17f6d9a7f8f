// What every case needs: a server, a flow from webhook to sink, the engines that run it, and the accounts at the end.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DevServer, startServer } from '../../engine/devserver/start-server.ts';
import { testPort } from '../../engine/devserver/test-port.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import type { Accounts } from './accounts.ts';
import { Cable } from './cable.ts';
import { type EngineOptions, EngineProcess, vrsky } from './engine-process.ts';
import type { Fed } from './feeder.ts';
import { ServerCluster } from './servers.ts';
import { type NumberedLetter, readDeadLetters, untilDrained } from './settled.ts';
import { Sink } from './sink.ts';
import { type FlowParts, isFiltered, manifestOf, portVariable } from './tortured-flow.ts';

/** Lanes of the feeder, and keys of ordered flows: ids with the same remainder are offered one after the other. */
export const keys = 64;

export interface ArenaOptions extends FlowParts {
  readonly engine?: Partial<EngineOptions>;
  /** 1 when absent. None of them is started yet. */
  readonly engines?: number;
  /** Where the server keeps its streams; a temporary folder when absent. */
  readonly storeDir?: string;
  /** More lines for the server's configuration. */
  readonly serverConfig?: string;
  /** Three servers instead of one. */
  readonly cluster?: boolean;
  /** A cable between engine and server. */
  readonly proxied?: boolean;
  /** Which messages the flow filters; every tenth when absent. */
  readonly isFiltered?: (id: number) => boolean;
}

/** What is started before there is an arena. */
interface Parts {
  readonly options: ArenaOptions;
  readonly directory: string;
  readonly storeDir: string;
  readonly server: DevServer | undefined;
  readonly cluster: ServerCluster | undefined;
  readonly proxy: Cable | undefined;
  readonly sink: Sink;
  readonly engines: readonly EngineProcess[];
  readonly hooks: readonly string[];
}

export class Arena {
  readonly sink: Sink;
  readonly engines: readonly EngineProcess[];
  /** The webhook of each engine. */
  readonly hooks: readonly string[];
  readonly proxy: Cable | undefined;
  readonly cluster: ServerCluster | undefined;
  readonly #parts: Parts;
  #server: DevServer | undefined;
  #outOfOrder = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = parts.server;
    this.cluster = parts.cluster;
    this.proxy = parts.proxy;
    this.sink = parts.sink;
    this.engines = parts.engines;
    this.hooks = parts.hooks;
    this.#watchOrder();
  }

  static async open(options: ArenaOptions = {}): Promise<Arena> {
    const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-torture-'));
    const storeDir = options.storeDir ?? path.join(directory, 'nats');
    const cluster = options.cluster === true ? await ServerCluster.start(directory) : undefined;
    const config = options.serverConfig === undefined ? {} : { config: options.serverConfig };
    const server =
      cluster === undefined ? await startServer({ storeDir, port: await testPort(), ...config }) : undefined;
    const proxy = options.proxied === true && server ? await Cable.start(server.port) : undefined;
    const sink = await Sink.start();
    const manifest = path.join(directory, 'torture.vrsky.yaml');
    await writeFile(manifest, manifestOf(sink.url, options));
    const url = cluster?.url ?? server?.url ?? '';
    await vrsky(['apply', manifest], { server: url });
    const engines: EngineProcess[] = [];
    const hooks: string[] = [];
    for (let n = 0; n < (options.engines ?? 1); n++) {
      const port = await testPort();
      const env = { ...options.engine?.env, [portVariable]: String(port) };
      engines.push(new EngineProcess({ server: proxy?.url ?? url, ...options.engine, env }));
      hooks.push(`http://127.0.0.1:${port}/in`);
    }
    return new Arena({ options, directory, storeDir, server, cluster, proxy, sink, engines, hooks });
  }

  /** The first one: most cases have no other. */
  get engine(): EngineProcess {
    return this.engines[0] as EngineProcess;
  }

  /** SIGKILL, and up again on the same port and store after `downMs`. */
  async restartServer(downMs: number): Promise<void> {
    const { port } = this.#server as DevServer;
    const { serverConfig } = this.#parts.options;
    await this.#server?.kill();
    await pause(downMs);
    const config = serverConfig === undefined ? {} : { config: serverConfig };
    this.#server = await startServer({ storeDir: this.#parts.storeDir, port, ...config });
  }

  signalServer(signal: NodeJS.Signals): void {
    process.kill((this.#server as DevServer).pid, signal);
  }

  /** The server that leads the stream of the flow. */
  async leader(): Promise<string> {
    const { cluster, broker } = await this.connect();
    try {
      const stream = (await cluster.listStreams()).find(({ spec }) => spec.retention === 'workqueue');
      const answers = await broker.ask(`$JS.API.STREAM.INFO.${stream?.spec.name}`, undefined, 500);
      const [info] = answers as readonly { readonly cluster?: { readonly leader?: string } }[];
      return info?.cluster?.leader ?? 'a';
    } finally {
      await broker.close();
    }
  }

  /** Runs a verb against the arena's server. */
  verb(...args: readonly string[]): Promise<string> {
    return vrsky(args, { server: this.#url });
  }

  /** Waits until nothing waits in the flow any more; throws when nothing moves for so long. */
  async drained(patienceMs?: number): Promise<void> {
    const connected = await this.connect();
    try {
      await untilDrained(connected, () => this.engine.log, patienceMs);
    } finally {
      await connected.broker.close();
    }
  }

  connect() {
    return connectBroker({ servers: this.#url.split(','), name: 'torture' });
  }

  async accounts(fed: Pick<Fed, 'accepted'>, acceptedPerSecond = 0): Promise<Accounts> {
    const dead = new Set([...(await this.deadLetters()).values()].map(({ id }) => id));
    const { received, duplicates, executedTwice, longestStallMs } = this.sink;
    const isFilteredId = this.#parts.options.isFiltered ?? isFiltered;
    const filtered = [...fed.accepted].filter((id) => isFilteredId(id) && !received.has(id));
    const lost = [...fed.accepted].filter((id) => !received.has(id) && !dead.has(id) && !isFilteredId(id));
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
      acceptedPerSecond,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop()));
    await this.sink.goAway();
    await this.proxy?.close();
    await this.#server?.stop();
    await this.cluster?.stop();
    await rm(this.#parts.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** By number, with the ids of their messages. */
  async deadLetters(): Promise<ReadonlyMap<number, NumberedLetter>> {
    const connected = await this.connect();
    try {
      return await readDeadLetters(connected);
    } finally {
      await connected.broker.close();
    }
  }

  get #url(): string {
    return this.cluster?.url ?? (this.#server as DevServer).url;
  }

  #watchOrder(): void {
    const newest = new Map<number, number>();
    this.sink.onFirst((id) => {
      const key = id % keys;
      if (id < (newest.get(key) ?? -1)) this.#outOfOrder++;
      else newest.set(key, id);
    });
  }
}
