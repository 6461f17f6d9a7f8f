// A flow from one JetStream stream to another: at both ends so cheap that a small machine carries thousands of messages a second.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamSpec } from '../../engine/compile/program.ts';
import { type DevServer, startServer } from '../../engine/devserver/start-server.ts';
import { type Connected, connectBroker } from '../../engine/nats/connect.ts';
import { type Outsider, openOutsider } from '../../engine/nats/test-outsider.ts';
import type { Accounts } from './accounts.ts';
import { EngineProcess } from './engine-process.ts';
import { readDeadLetters, untilDrained } from './settled.ts';
import { isFiltered } from './tortured-flow.ts';

const source = { stream: 'SOURCE', subject: 'source.in' } as const;
const sink = { stream: 'SINK', subject: 'sink.out' } as const;
/** Messages carry keys, for flows that keep order. */
const keys = 64;
const beatMs = 10;

export interface BusFed {
  /** Ids that the source's stream has acknowledged. */
  readonly accepted: ReadonlySet<number>;
  readonly perSecond: number;
}

export class BusArena {
  readonly url: string;
  readonly engine: EngineProcess;
  readonly connected: Connected;
  readonly #directory: string;
  readonly #server: DevServer;
  readonly #outsider: Outsider;
  /** Id → times that it was published to the sink, and the message ids by which the sink tells repetitions apart. */
  readonly #received = new Map<number, { times: number; readonly keys: Set<string> }>();
  #lastMs = 0;
  #longestStallMs = 0;

  private constructor(directory: string, server: DevServer, connected: Connected, outsider: Outsider) {
    this.#directory = directory;
    this.#server = server;
    this.connected = connected;
    this.#outsider = outsider;
    this.url = server.url;
    this.engine = new EngineProcess({ server: server.url });
    outsider.listen(sink.subject, (data, header) => {
      const { id } = JSON.parse(Buffer.from(data).toString()) as { readonly id: number };
      this.#count(id, header('Nats-Msg-Id'));
    });
  }

  /** Nothing is applied yet, and the engine is not started. */
  static async open(): Promise<BusArena> {
    const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-torture-'));
    const server = await startServer({ storeDir: path.join(directory, 'nats') });
    const connected = await connectBroker({ servers: [server.url], name: 'torture' });
    await connected.cluster.createStream(spec(source, 'workqueue'));
    await connected.cluster.createStream(spec(sink, 'limits'));
    return new BusArena(directory, server, connected, await openOutsider(server.url));
  }

  /** YAML of the consumer that reads the source; two durables cannot share it, whatever the flow is called. */
  get consumer(): string {
    const { stream, subject } = source;
    return `{ name: in, type: nats, servers: "${this.url}", stream: ${stream}, subject: ${subject} }`;
  }

  get producer(): string {
    return `{ name: sink, type: nats, servers: "${this.url}", subject: ${sink.subject}, jetstream: true }`;
  }

  /** As many a second as asked for, as far as the source's stream takes them; until `stop`. */
  async feed(perSecond: number, stop: AbortSignal): Promise<BusFed> {
    const { publisher } = this.connected.broker;
    const accepted = new Set<number>();
    const began = performance.now();
    const text = 'x'.repeat(200);
    for (let id = 0; !stop.aborted; await pause(beatMs)) {
      const due = ((performance.now() - began) / 1000) * perSecond;
      for (; id < due && publisher.pending < perSecond; id++) {
        const offered = id;
        const body = Buffer.from(JSON.stringify({ id, key: `k${id % keys}`, text }));
        publisher.send(source.subject, body, [], undefined, (error) => {
          if (error === undefined) accepted.add(offered);
        });
      }
    }
    const seconds = (performance.now() - began) / 1000;
    await publisher.flush();
    return { accepted, perSecond: Math.round(accepted.size / seconds) };
  }

  /** What is accepted and not through the flow yet. */
  async waiting(): Promise<number> {
    const streams = await this.connected.cluster.listStreams();
    return streams
      .filter(({ spec }) => spec.retention === 'workqueue')
      .reduce((sum, { messages }) => sum + messages, 0);
  }

  async drained(): Promise<void> {
    await untilDrained(this.connected, () => this.engine.log);
    await this.#outsider.flush();
  }

  async accounts({ accepted, perSecond }: BusFed): Promise<Accounts> {
    const letters = await readDeadLetters(this.connected);
    const dead = new Set([...letters.values()].map(({ id }) => id));
    const isDelivered = (id: number) => this.#received.has(id);
    const received = [...this.#received.values()];
    return {
      accepted: accepted.size,
      delivered: received.length,
      filtered: [...accepted].filter((id) => isFiltered(id) && !isDelivered(id)).length,
      deadLettered: dead.size,
      duplicates: received.reduce((sum, { times }) => sum + times - 1, 0),
      executedTwice: received.filter(({ keys: known }) => known.size > 1).length,
      lost: [...accepted].filter((id) => !isDelivered(id) && !dead.has(id) && !isFiltered(id)),
      outOfOrder: 0,
      longestStallMs: this.#longestStallMs,
      acceptedPerSecond: perSecond,
    };
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.#outsider.close();
    await this.connected.broker.close();
    await this.#server.stop();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #count(id: number, key: string): void {
    const now = performance.now();
    if (this.#lastMs > 0)
      this.#longestStallMs = Math.max(this.#longestStallMs, Math.round(now - this.#lastMs));
    this.#lastMs = now;
    const known = this.#received.get(id) ?? { times: 0, keys: new Set() };
    known.times++;
    known.keys.add(key);
    this.#received.set(id, known);
  }
}

function spec(
  { stream, subject }: { readonly stream: string; readonly subject: string },
  retention: StreamSpec['retention'],
): StreamSpec {
  return {
    kind: 'stream',
    name: stream,
    subjects: [subject],
    storage: 'file',
    retention,
    replicas: 1,
    maxBytes: -1,
    maxMessagesPerSubject: -1,
    maxAgeMs: 0,
    duplicateWindowMs: 120_000,
    metadata: {},
  };
}
