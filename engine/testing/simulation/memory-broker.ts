// A message system in memory: work queues, dead letters, buckets and claims as JetStream keeps them, told the time by a virtual clock.
import type {
  Broker,
  Bucket,
  HeaderPairs,
  Inbound,
  Lease,
  Publisher,
  Puller,
  PullOptions,
} from '../../runtime/ports.ts';
import { stopReason } from '../../runtime/stop-reason.ts';
import { MemoryBucket } from './memory-bucket.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A message as it is stored. */
export interface StoredDeadLetter {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: HeaderPairs;
}

interface Stored {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: HeaderPairs;
  readonly sequence: number;
  readonly atMs: number;
}

interface Holder {
  readonly id: string;
  readonly untilMs: number;
}

export interface MemoryBrokerEvents {
  readonly onDeadLetter: (letter: StoredDeadLetter) => void;
  /** What the flow reports of itself (see `TraceEvent`), by subject. */
  readonly onEmit: (subject: string, value: unknown) => void;
}

/** One process, one flow. Nothing is lost and nothing is delayed: what goes wrong in a test is what the test asks for. */
export class MemoryBroker implements Broker {
  readonly publisher: Publisher;
  readonly #clock: VirtualClock;
  readonly #events: MemoryBrokerEvents;
  readonly #pulling = new Map<string, PullOptions>();
  /** Stored before anybody pulled. */
  readonly #unclaimed = new Map<string, Stored[]>();
  readonly #buckets = new Map<string, MemoryBucket>();
  readonly #claims = new Map<string, Holder>();
  readonly #listeners = new Map<string, (value: unknown, reply: undefined) => void>();
  readonly #ids = new Set<string>();
  readonly #stopped = new AbortController();
  #sequence = 0;
  #unsettled = 0;

  constructor(clock: VirtualClock, events: MemoryBrokerEvents) {
    this.#clock = clock;
    this.#events = events;
    this.publisher = {
      pending: 0,
      send: (subject, data, headers, id, done) => {
        const error = this.#store(subject, data, headers, id);
        queueMicrotask(() => done(error));
      },
      publish: async (subject, data, headers, id) => {
        const error = this.#store(subject, data, headers, id);
        if (error !== undefined) throw error;
      },
      flush: () => Promise.resolve(),
    };
  }

  /** Messages stored and not settled. */
  get unsettled(): number {
    return this.#unsettled;
  }

  pull(options: PullOptions): Puller {
    const { filterSubject } = options.spec;
    this.#pulling.set(filterSubject, options);
    const waiting = this.#unclaimed.get(filterSubject) ?? [];
    this.#unclaimed.delete(filterSubject);
    for (const stored of waiting) this.#hand(stored, 1);
    return { stop: () => Promise.resolve(), pause: () => undefined, resume: () => undefined };
  }

  bucket(name: string): Promise<Bucket> {
    const bucket = this.#buckets.get(name) ?? new MemoryBucket();
    this.#buckets.set(name, bucket);
    return Promise.resolve(bucket);
  }

  lease(): Promise<Lease> {
    return Promise.resolve({ lost: this.#stopped.signal, release: () => Promise.resolve() });
  }

  claim(name: string, holder: string, ttlMs: number): Promise<string> {
    const known = this.#claims.get(name);
    if (known !== undefined && known.untilMs > this.#clock.now()) return Promise.resolve(known.id);
    this.#claims.set(name, { id: holder, untilMs: this.#clock.now() + ttlMs });
    return Promise.resolve(holder);
  }

  emit(subject: string, value: unknown): void {
    this.#events.onEmit(subject, value);
  }

  listen(subject: string, onValue: (value: unknown, reply: undefined) => void): void {
    this.#listeners.set(subject, onValue);
  }

  /** Says something to who listens, as another process would. */
  tell(subject: string, value: unknown): void {
    this.#listeners.get(subject)?.(value, undefined);
  }

  ask(): Promise<readonly unknown[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** JetStream forgets an id after two minutes; a test is over long before in everything but its own time. */
  #store(subject: string, data: Uint8Array, headers: HeaderPairs, id: string | undefined): Error | undefined {
    if (id !== undefined && this.#ids.has(id)) return undefined;
    if (id !== undefined) this.#ids.add(id);
    if (subject.startsWith('dead.')) {
      this.#events.onDeadLetter({ subject, data, headers });
      return undefined;
    }
    const stored = { subject, data, headers, sequence: ++this.#sequence, atMs: this.#clock.now() };
    this.#unsettled++;
    if (this.#pulling.has(subject)) this.#hand(stored, 1);
    else this.#unclaimed.set(subject, [...(this.#unclaimed.get(subject) ?? []), stored]);
    return undefined;
  }

  #hand(stored: Stored, deliveries: number): void {
    queueMicrotask(() => this.#pulling.get(stored.subject)?.onMessage(this.#inbound(stored, deliveries)));
  }

  #inbound({ subject, data, headers, sequence, atMs }: Stored, deliveries: number): Inbound {
    const byName = new Map(headers);
    return {
      subject,
      data,
      deliveries,
      streamSequence: sequence,
      storedAtMs: atMs,
      pending: 0,
      header: (name) => byName.get(name),
      eachHeader: (visit) => {
        for (const [name, value] of headers) visit(name, value);
      },
      ack: () => {
        this.#unsettled--;
      },
      nak: (delayMs) => {
        const stored = { subject, data, headers, sequence, atMs };
        void this.#clock.wait(delayMs, this.#stopped.signal).then(() => this.#hand(stored, deliveries + 1));
      },
      forget: () => undefined,
    };
  }

  /** Hands out nothing any more. */
  stop(): void {
    this.#pulling.clear();
    this.#stopped.abort(stopReason);
  }
}
