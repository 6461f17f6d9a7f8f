// What a connector's author tells the conformance suite: good and bad configurations, and a peer to play with.
import type { JsonObject } from '../contract.ts';

/** Everything the suite needs to know about one connector. Leave out the side it does not have. */
export interface ConnectorFixture<C, P> {
  readonly consumer?: ConsumerFixture<C>;
  readonly producer?: ProducerFixture<P>;
}

interface SideFixture<Config> {
  /** Manifest entries (with `name` and `type`) that the schema accepts. */
  readonly accepts: readonly JsonObject[];
  /** Manifest entries that it refuses, by what is wrong with them. */
  readonly rejects: Readonly<Record<string, JsonObject>>;
  /** Values in the configurations that must never show up in a log line or an error. */
  readonly secrets?: readonly string[];
  /** A configuration nobody answers at: `check` fails as not connected or retryable. */
  readonly unreachable?: Config;
}

export interface ConsumerFixture<C> extends SideFixture<C> {
  /** A fresh source for one test. */
  start(): Promise<ConsumerSource<C>>;
}

/** The system messages come from. */
export interface ConsumerSource<C> {
  readonly config: C;
  /** The same source with a wrong password: `check` fails as permanent. */
  readonly badCredential?: C;
  /**
   * Makes the source hand over one message with this text as payload; does not wait until it is accepted. The consumer runs already,
   * but may not be connected yet.
   * A source that makes its own messages (a schedule) ignores the text and sets `ownText`.
   */
  offer(text: string): void | Promise<void>;
  readonly ownText?: boolean;
  /** The texts (or any marks, one per message) of which the source knows that they were accepted. Absent: it never learns. */
  accepted?(): readonly string[] | Promise<readonly string[]>;
  /**
   * What the source does with a message that was not accepted: `offers-again` by itself, `is-told` and decides on its own (an HTTP
   * client), or `forgets` (no acknowledgement in its protocol).
   */
  readonly afterNack: 'offers-again' | 'is-told' | 'forgets';
  /** The texts of which an `is-told` source knows that they were not accepted. */
  refused?(): readonly string[] | Promise<readonly string[]>;
  /** Deliveries carry cursors, and a start with one goes on behind it. */
  readonly resumes?: boolean;
  /** Kills and revives the system. Absent where there is nothing to kill. */
  kill?(): Promise<void>;
  revive?(): Promise<void>;
  close(): Promise<void>;
}

export interface ProducerFixture<P> extends SideFixture<P> {
  /** A fresh sink for one test. */
  start(): Promise<ProducerSink<P>>;
}

/** The system messages go to. */
export interface ProducerSink<P> {
  readonly config: P;
  /** The same sink with a wrong password: `check` fails as permanent. */
  readonly badCredential?: P;
  /** The texts that arrived, in order. */
  received(): readonly string[] | Promise<readonly string[]>;
  /** From now on the sink refuses messages with this text for good. Absent where it cannot. */
  reject?(text: string): void;
  /** From now on the sink does not answer until it is closed or killed. */
  stall?(): void;
  kill?(): Promise<void>;
  revive?(): Promise<void>;
  close(): Promise<void>;
}
