// What apply, status and destroy need from a NATS server; engine/nats implements it, tests fake it.
import type { BucketSpec, JetStreamConsumerSpec, StreamSpec } from '../compile/program.ts';
import type { LiveBucket, LiveConsumer, LiveStream } from '../plan/state.ts';

/** A message read from a stream without consuming it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly storedAtMs: number;
  readonly data: Uint8Array;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Administration of one account. Every call throws a VrskyError with the server's own words. */
export interface Cluster {
  readonly serverVersion: string;
  listStreams(): Promise<readonly LiveStream[]>;
  /** Both answer what the server made of it. `untouched`: settings that no spec names and that stay as they are. */
  createStream(spec: StreamSpec): Promise<LiveStream>;
  updateStream(spec: StreamSpec, untouched?: readonly string[]): Promise<LiveStream>;
  deleteStream(name: string): Promise<void>;
  /** None of a stream that is not there. */
  listConsumers(stream: string): Promise<readonly LiveConsumer[]>;
  listBuckets(): Promise<readonly LiveBucket[]>;
  /** Creates it, or updates the one that is there. */
  createConsumer(spec: JetStreamConsumerSpec, untouched?: readonly string[]): Promise<LiveConsumer>;
  deleteConsumer(stream: string, name: string): Promise<void>;
  /** Creates it when it is missing. */
  createBucket(spec: BucketSpec): Promise<void>;
  updateBucket(spec: BucketSpec): Promise<void>;
  /** Messages stored per subject; `filter` may hold wildcards. */
  messagesBySubject(stream: string, filter: string): Promise<Readonly<Record<string, number>>>;
  purge(stream: string, filter: string): Promise<number>;
  /** The first message at or after `sequence` whose subject matches. */
  nextMessage(stream: string, filter: string, sequence: number): Promise<StoredMessage | undefined>;
  deleteMessage(stream: string, sequence: number): Promise<void>;
}
