// The runtime's message system on one NATS connection.
import { randomUUID } from 'node:crypto';
import { Kvm } from '@nats-io/kv';
import { type NatsConnection, NoRespondersError, RequestError, type Subscription } from '@nats-io/nats-core';
import type { Cluster } from '../apply/cluster.ts';
import { buckets } from '../compile/topology.ts';
import { type Wire, wireOf } from '../connector/nats-wire/wire.ts';
import type { Broker, Bucket, Lease, Puller, PullOptions } from '../runtime/ports.ts';
import { Acknowledger } from './acknowledger.ts';
import { NatsBucket } from './bucket.ts';
import { claim } from './claim.ts';
import { acquireLease } from './lease.ts';
import { PipelinedPublisher } from './publisher.ts';
import { NatsPuller } from './puller.ts';
import { Pullers } from './pullers.ts';

const tickMs = 1_000;
/** Before the names of a stream and a JetStream consumer. */
const elected = '$JS.EVENT.ADVISORY.CONSUMER.LEADER_ELECTED';

export class NatsBroker implements Broker {
  readonly publisher: PipelinedPublisher;
  readonly #connection: NatsConnection;
  readonly #cluster: Cluster;
  readonly #kvm: Kvm;
  readonly #wire: Wire;
  readonly #acknowledger: Acknowledger;
  readonly #holder = randomUUID();
  readonly #pullers = new Pullers();
  readonly #buckets = new Map<string, Promise<Bucket>>();
  readonly #timer: NodeJS.Timeout;
  #elections: Subscription | undefined;

  constructor(connection: NatsConnection, cluster: Cluster, onStatus: (status: string) => void) {
    this.#connection = connection;
    this.#cluster = cluster;
    this.#kvm = new Kvm(connection);
    this.#wire = wireOf(connection);
    this.publisher = new PipelinedPublisher(connection, this.#wire);
    this.#acknowledger = new Acknowledger(this.#wire);
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
    void this.#watchStatus(onStatus);
  }

  pull(options: PullOptions): Puller {
    this.#elections ??= this.#watchElections();
    const isClustered = () => this.#connection.info?.cluster !== undefined;
    const puller = new NatsPuller(options, {
      connection: this.#connection,
      wire: this.#wire,
      acknowledger: this.#acknowledger,
      createConsumer: async () => {
        await this.#cluster.createConsumer(options.spec);
      },
      deleteConsumer: () => this.#cluster.deleteConsumer(options.spec.stream, options.spec.name),
      isClustered,
      // There a JetStream consumer may lose its leader while this connection lives.
      isWatcher: (asking) => isClustered() || this.#pullers.isWatcher(asking),
      shareOfMessages: () => this.#pullers.share,
      onStopped: (stopped) => this.#pullers.delete(stopped),
    });
    this.#pullers.add(puller);
    return puller;
  }

  /** Opened once: a thousand flows that start read their cursors from the same one. */
  bucket(name: string): Promise<Bucket> {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const opening = this.#kvm.open(name).then((kv) => new NatsBucket(name, kv, this.#connection));
    this.#buckets.set(name, opening);
    opening.catch(() => this.#buckets.delete(name));
    return opening;
  }

  async lease(name: string, ttlMs: number, signal: AbortSignal): Promise<Lease> {
    return acquireLease(
      await this.bucket(buckets.leases),
      name,
      `${this.#holder}-${randomUUID()}`,
      ttlMs,
      signal,
    );
  }

  claim(name: string, holder: string, ttlMs: number): Promise<string> {
    return claim(this.#connection, this.#cluster, name, holder, ttlMs);
  }

  emit(subject: string, value: unknown): void {
    if (this.#connection.isClosed() || this.#connection.isDraining()) return;
    this.#connection.publish(subject, JSON.stringify(value));
  }

  listen(
    subject: string,
    onValue: (value: unknown, reply: ((answer: unknown) => void) | undefined) => void,
    signal: AbortSignal,
  ): void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (_error, message) => {
        const { reply } = message;
        onValue(
          parsed(message.string()),
          reply === undefined || reply === '' ? undefined : (answer) => this.emit(reply, answer),
        );
      },
    });
    signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true });
  }

  async ask(
    subject: string,
    value: unknown,
    waitMs: number,
    isEnough: (answers: readonly unknown[]) => boolean = () => false,
  ): Promise<readonly unknown[]> {
    const answers: unknown[] = [];
    try {
      const requests = await this.#connection.requestMany(subject, JSON.stringify(value), {
        strategy: 'timer',
        maxWait: waitMs,
      });
      for await (const answer of requests) {
        if (answer.data.byteLength > 0) answers.push(parsed(answer.string()));
        if (isEnough(answers)) break;
      }
    } catch (error) {
      const isSilent =
        error instanceof RequestError ? error.isNoResponders() : error instanceof NoRespondersError;
      if (!isSilent) throw error;
    }
    return answers;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.publisher.close();
    this.#acknowledger.flush();
    await this.#connection.drain().catch(() => this.#connection.close());
  }

  #tick(): void {
    this.#pullers.tick(performance.now());
  }

  /** What waited at the former leader is forgotten: without this news a stage would miss two heartbeats first. */
  #watchElections(): Subscription {
    return this.#connection.subscribe(`${elected}.*.*`, {
      callback: (error, message) => {
        // Where these credentials may not listen, heartbeats remain.
        if (error !== null) return;
        const [stream, consumer] = message.subject.slice(elected.length + 1).split('.');
        this.#pullers.leaderElected(stream ?? '', consumer ?? '');
      },
    });
  }

  async #watchStatus(onStatus: (status: string) => void): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect')
        onStatus('lost the connection to NATS, trying again until it is back');
      if (status.type !== 'reconnect') continue;
      onStatus('connected to NATS again');
      this.publisher.resend();
      this.#pullers.reconnected();
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
