// What the runtime needs from a message system; engine/nats implements it, tests fake it.
import type { BucketEntry } from '../apply/ports.ts';
import type { JetStreamConsumerSpec } from '../compile/program.ts';

/** Header pairs in order; names and values must not hold CR or LF. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** A message handed to a worker. Exactly one of `ack`, `nak` and `forget` ends it. */
export interface Inbound {
  /** The messages that this one stands for, when it was put together from several. */
  readonly members?: readonly Inbound[];
  readonly subject: string;
  readonly data: Uint8Array;
  readonly streamSequence: number;
  /** Stored for the same JetStream consumer and not handed out yet when this one was. */
  readonly pending: number;
  /** 1 the first time (starts anew when the JetStream consumer was recreated). */
  readonly deliveries: number;
  /** Milliseconds since the epoch at which JetStream stored it. */
  readonly storedAtMs: number;
  /** Case-sensitive, as published. */
  header(name: string): string | undefined;
  eachHeader(visit: (name: string, value: string) => void): void;
  /** Fire and forget: a lost ack means a redelivery, which derived message ids make harmless. */
  ack(): void;
  /** Redeliver after `delayMs`. */
  nak(delayMs: number): void;
  /** Says nothing to JetStream: the same message was handed out anew. */
  forget(): void;
}

/** Stores a message; several thousand may be under way. */
export interface Publisher {
  /**
   * Calls `done` exactly once: without an error after the server stored the message (or found its id a duplicate), else with a
   * VrskyError: retryable for a full stream (VRS8101), time-out or lost connection after retries (VRS8102); not for a message
   * over the server's maximum (VRS8103) or a subject no stream holds (VRS8104).
   * `messageId` becomes `Nats-Msg-Id`. Reconnects re-send what is unacknowledged.
   */
  send(
    subject: string,
    data: Uint8Array,
    headers: HeaderPairs,
    messageId: string | undefined,
    done: (error?: Error) => void,
  ): void;
  publish(subject: string, data: Uint8Array, headers: HeaderPairs, messageId?: string): Promise<void>;
  /** Resolves when nothing is unacknowledged. */
  flush(): Promise<void>;
  /** Unacknowledged messages and whether the window is full. */
  readonly pending: number;
}

/** Pulls for one JetStream consumer until stopped. */
export interface Puller {
  /** Stops asking for messages; resolves when what was already handed out is settled or `graceMs` passed. */
  stop(graceMs: number): Promise<void>;
  /** No new messages until {@link resume}; already requested ones still come. */
  pause(): void;
  resume(): void;
}

export interface PullOptions {
  readonly spec: JetStreamConsumerSpec;
  /** Makes the JetStream consumer anew first: everything unacknowledged comes again, in order. */
  readonly fresh?: boolean;
  /** Bounds of what is handed out and not settled. */
  readonly maxMessages: number;
  /** `maxMessages` comes down to this while few are settled in a moment, or to the share of one among many pullers; never when absent. */
  readonly minMessages?: number;
  readonly maxBytes: number;
  /** Called synchronously per message; must not throw. */
  onMessage(message: Inbound): void;
  /** Narration of what went wrong and healed (consumer recreated, heartbeats missed). */
  onEvent?(event: string): void;
}

/** A small durable key-value bucket. Values are JSON. */
export interface Bucket {
  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  /** With `revision` (0 = must not exist): compare and set; answers false when somebody else was first. */
  put(key: string, value: unknown, revision?: number): Promise<boolean>;
  /** Compare and set (0 = must not exist); answers the new revision, undefined when somebody else was first. */
  swap(key: string, value: unknown, revision: number): Promise<number | undefined>;
  /** With `revision`: only when the entry still stands at it; otherwise somebody else's is left alone. */
  delete(key: string, revision?: number): Promise<void>;
  /** `under`: only those that begin with it; it ends with a dot. */
  keys(under?: string): Promise<readonly string[]>;
  /** Those of so many keys (a thousand at most) that are there, in one call. */
  existing(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Everything in it at one moment, in a number of server calls that does not grow with it. */
  entries(): Promise<readonly BucketEntry[]>;
  /** Every current entry, then (after `ready`) every change until the signal aborts. `value` undefined = deleted. */
  watch(
    onChange: (key: string, value: unknown, revision: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** A lease that at most one holder has; lost when not renewed within its time to live. */
export interface Lease {
  /** Aborts when the lease was lost: stop what it protects at once. Ask for it anew before what must not be done twice. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface Broker {
  readonly publisher: Publisher;
  pull(options: PullOptions): Puller;
  bucket(name: string): Promise<Bucket>;
  /** Resolves once the lease is held; rejects when the signal aborts first. */
  lease(name: string, ttlMs: number, signal: AbortSignal): Promise<Lease>;
  /** Resolves with who has claimed `name`: `holder` itself when nobody did within its time to live. */
  claim(name: string, holder: string, ttlMs: number): Promise<string>;
  /** Core NATS: fire and forget events, and answering requests (live statistics, tail, send). */
  emit(subject: string, value: unknown): void;
  listen(
    subject: string,
    onValue: (value: unknown, reply: ((answer: unknown) => void) | undefined) => void,
    signal: AbortSignal,
  ): void;
  /** Sends a request to everybody who listens and gathers answers until `waitMs` passed, or there are enough. */
  ask(
    subject: string,
    value: unknown,
    waitMs: number,
    isEnough?: (answers: readonly unknown[]) => boolean,
  ): Promise<readonly unknown[]>;
  close(): Promise<void>;
}
