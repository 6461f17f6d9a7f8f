// A nats-server for one bench, and what a bench does with its streams beside the engine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AckPolicy,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type DevServer, startServer } from '../../../engine/devserver/start-server.ts';
import { orderBytes } from '../order.ts';
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
    const storeDir = path.join(directory, 'nats');
    // What streams reserve may be more than the disk has; what a bench stores is not.
    const config = `jetstream { store_dir: ${JSON.stringify(storeDir)}, max_file_store: 10TB }`;
    const server = await startServer({ storeDir, config });
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
    await this.pause(of);
    for (let index = 0; index < count; index++) {
      await this.publisher.room();
      this.publisher.send(subject, bytesOf(index), this.ingressHeaders(), () => undefined);
    }
    await this.publisher.flushed();
  }

  /** As the engine writes them when it accepts a message. */
  ingressHeaders(): Buffer {
    return Buffer.from(
      `NATS/1.0\r\nVrsky-Id: bench${this.#sent++}\r\nVrsky-Accepted: ${Date.now()}\r\nContent-Type: application/json\r\n\r\n`,
    );
  }

  /** Messages a second from a fifth of them to the last acknowledgement: what comes before is the start of the pull. */
  async drainRate(of: ConsumerName, count: number): Promise<number> {
    await this.wake(of);
    let from: { readonly left: number; readonly atMs: number } | undefined;
    for (;;) {
      const left = await this.stored(of.stream);
      const atMs = performance.now();
      if (from === undefined && left <= count * 0.8) from = { left, atMs };
      if (left === 0) return from === undefined ? Number.NaN : (from.left / (atMs - from.atMs)) * 1000;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Messages a second that come to lie in a stream, from a fifth of them to the last. */
  async arrivalRate(stream: string, count: number): Promise<number> {
    let from: { readonly stored: number; readonly atMs: number } | undefined;
    for (;;) {
      const stored = await this.stored(stream);
      const atMs = performance.now();
      if (stored > count) throw new Error(`${stream} holds ${stored} messages instead of ${count}`);
      if (from === undefined && stored >= count * 0.2) from = { stored, atMs };
      if (stored === count && from !== undefined) return ((count - from.stored) / (atMs - from.atMs)) * 1000;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Offers `count` messages round the subjects and waits until the streams are empty. Messages a second, of all. */
  async passRate(subjects: readonly string[], streams: readonly string[], count: number): Promise<number> {
    const began = performance.now();
    const body = orderBytes(1);
    for (let index = 0; index < count; index++) {
      await this.publisher.room();
      const subject = subjects[index % subjects.length] as string;
      this.publisher.send(subject, body, this.ingressHeaders(), () => undefined);
    }
    await this.publisher.flushed();
    for (const stream of streams)
      while ((await this.stored(stream)) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return (count / (performance.now() - began)) * 1000;
  }

  /** A JetStream consumer of everything in the stream. */
  async addConsumer(stream: string): Promise<ConsumerName> {
    const consumer = `${stream}_reader`;
    await this.#manager.consumers.add(stream, {
      name: consumer,
      durable_name: consumer,
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: 100_000,
    });
    return { stream, consumer };
  }

  /** Copies of the streams that the engine made, with `flow.` in their subjects replaced by `bare.`, and of their consumers. */
  async copyStreams(
    streams: readonly string[],
  ): Promise<readonly (ConsumerName & { readonly subject: string })[]> {
    const bare = (subject: string) => subject.replace(/^flow\./, 'bare.');
    const copies: (ConsumerName & { readonly subject: string })[] = [];
    for (const stream of streams) {
      const { config } = await this.#manager.streams.info(stream);
      const name = `BARE_${stream}`;
      await this.#manager.streams.add({ ...config, name, subjects: config.subjects.map(bare) });
      const infos = [];
      for await (const info of this.#manager.consumers.list(stream)) infos.push(info);
      await Promise.all(
        infos.map(async ({ config: own }) => {
          const subject = bare(own.filter_subject ?? '');
          await this.#manager.consumers.add(name, { ...own, filter_subject: subject });
          copies.push({ stream: name, consumer: own.durable_name ?? '', subject });
        }),
      );
    }
    return copies;
  }

  /** Streams whose name begins so. */
  async streams(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const name of this.#manager.streams.names()) if (name.startsWith(prefix)) names.push(name);
    return names;
  }

  /** JetStream consumers of a stream on which a pull waits. */
  async pulled(stream: string): Promise<number> {
    let count = 0;
    for await (const { num_waiting: waiting } of this.#manager.consumers.list(stream))
      if (waiting > 0) count++;
    return count;
  }

  /** Nobody is handed anything for ten minutes. */
  async pause({ stream, consumer }: ConsumerName): Promise<void> {
    await this.#manager.consumers.pause(stream, consumer, new Date(Date.now() + 600_000));
  }

  /** A pause that runs out wakes the JetStream consumer; `resume` leaves waiting pulls asleep (2.15.1). */
  async wake({ stream, consumer }: ConsumerName): Promise<void> {
    for (let aheadMs = 50; ; aheadMs *= 2) {
      const { paused } = await this.#manager.consumers.pause(
        stream,
        consumer,
        new Date(Date.now() + aheadMs),
      );
      // On a busy machine the moment may be over before the server hears of it, which is a `resume`.
      if (paused) return;
    }
  }

  async stored(stream: string): Promise<number> {
    return (await this.#manager.streams.info(stream)).state.messages;
  }

  async purge(stream: string): Promise<void> {
    await this.#manager.streams.purge(stream);
  }
}
