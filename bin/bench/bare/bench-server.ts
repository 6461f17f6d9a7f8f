// A nats-server for one bench, and what a bench does with its streams beside the engine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type JetStreamManager, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type DevServer, startServer } from '../../../engine/devserver/start-server.ts';
import { BarePublisher } from './bare-publisher.ts';

/** A JetStream consumer by stream and name. */
export interface ConsumerName {
  readonly stream: string;
  readonly consumer: string;
}

export class BenchServer {
  readonly directory: string;
  readonly connection: NatsConnection;
  readonly publisher: BarePublisher;
  readonly #server: DevServer;
  readonly #manager: JetStreamManager;
  #sent = 0;

  static async start(): Promise<BenchServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-bench-'));
    const server = await startServer({ storeDir: path.join(directory, 'nats') });
    const connection = await connect({ servers: server.url });
    return new BenchServer(directory, server, connection, await jetstreamManager(connection));
  }

  private constructor(
    directory: string,
    server: DevServer,
    connection: NatsConnection,
    manager: JetStreamManager,
  ) {
    this.directory = directory;
    this.connection = connection;
    this.publisher = new BarePublisher(connection);
    this.#server = server;
    this.#manager = manager;
  }

  get url(): string {
    return this.#server.url;
  }

  get pid(): number {
    return this.#server.pid;
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.#server.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A stream on disk for what comes out: `name` in lower case and everything below. */
  async addOutput(name: string): Promise<void> {
    await this.#manager.streams.add({
      name,
      subjects: [`${name.toLowerCase()}.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
    });
  }

  /** The same stream and JetStream consumer as the engine's, for the reference. */
  async copyConsumer({ stream, consumer }: ConsumerName, name: string): Promise<ConsumerName> {
    const { config } = await this.#manager.streams.info(stream);
    await this.#manager.streams.add({ ...config, name, subjects: [`${name.toLowerCase()}.>`] });
    const own = (await this.#manager.consumers.info(stream, consumer)).config;
    await this.#manager.consumers.add(name, {
      ...own,
      durable_name: name,
      name,
      filter_subject: `${name.toLowerCase()}.>`,
    });
    return { stream: name, consumer: name };
  }

  /** Stores messages while nobody is handed any; from `resume` on they are. */
  async fill(
    of: ConsumerName,
    subject: string,
    count: number,
    bytesOf: (index: number) => Uint8Array,
  ): Promise<void> {
    await this.#manager.consumers.pause(of.stream, of.consumer, new Date(Date.now() + 600_000));
    for (let index = 0; index < count; index++) {
      await this.publisher.room();
      this.publisher.send(subject, bytesOf(index), this.#ingressHeaders(), () => undefined);
    }
    await this.publisher.flushed();
  }

  /** As the engine writes them when it accepts a message. */
  #ingressHeaders(): Buffer {
    return Buffer.from(
      `NATS/1.0\r\nVrsky-Id: bench${this.#sent++}\r\nVrsky-Accepted: ${Date.now()}\r\nContent-Type: application/json\r\n\r\n`,
    );
  }

  /** Messages a second from a fifth of them to the last acknowledgement: what comes before is the start of the pull. */
  async drainRate(of: ConsumerName, count: number): Promise<number> {
    // A pause that runs out wakes the JetStream consumer; `resume` leaves waiting pulls asleep (2.15.1).
    await this.#manager.consumers.pause(of.stream, of.consumer, new Date(Date.now() + 50));
    let from: { readonly left: number; readonly atMs: number } | undefined;
    for (;;) {
      const left = await this.stored(of.stream);
      const atMs = performance.now();
      if (from === undefined && left <= count * 0.8) from = { left, atMs };
      if (left === 0) return from === undefined ? Number.NaN : (from.left / (atMs - from.atMs)) * 1000;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stored(stream: string): Promise<number> {
    return (await this.#manager.streams.info(stream)).state.messages;
  }

  async purge(stream: string): Promise<void> {
    await this.#manager.streams.purge(stream);
  }
}
