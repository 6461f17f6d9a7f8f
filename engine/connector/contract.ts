// The connector contract: what a package implements to bring messages in, deliver them, or look things up.
import type { Message } from '../payload/message.ts';
import type { Payload } from '../payload/payload.ts';
import type { LogText } from './log-text.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** What every part of a connector gets. */
export interface ConnectorContext {
  readonly flow: string;
  /** The name of the consumer or producer in the manifest. */
  readonly name: string;
  /** Aborted when the flow stops: end loops, close sockets, settle what is open. */
  readonly signal: AbortSignal;
  /** Resolves a path of the manifest against the engine's working directory. */
  resolvePath(path: string): string;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: LogText, fields?: JsonObject): void;
  /** Compiles a text with `{{ … }}` holes once; renders it per message. An empty hole is an error: no file is ever named ''. */
  template(source: string, options?: TemplateOptions): MessageTemplate;
  /** Compiles a JSONata expression once (used by consumers that select or key records). Result may be a promise. */
  expression(source: string): (input: unknown, bindings?: Readonly<Record<string, unknown>>) => unknown;
}

export interface TemplateOptions {
  /** Applied to the text of every hole, never to the text around them (`encodeURIComponent` for URLs). */
  readonly encode?: (text: string) => string;
}

export interface MessageTemplate {
  render(message: Message): string | Promise<string>;
}

export interface ConsumerContext extends ConnectorContext {
  /** What the source knows the flow by: its name, and after a rename the one before. For queue groups and the like. */
  readonly origin: string;
  /** Of a live consumer: everything that comes from now on is taken in, so the version before may stop. */
  listening(): void;
  /** The cursor of the last acknowledged delivery, across restarts; undefined at the very first start. */
  readonly cursor: JsonValue | undefined;
  /** Puts another in the place of that cursor, at once: for what the next start has to know and no delivery tells. */
  keep(cursor: JsonValue): Promise<void>;
}

/** One message offered by a consumer. Exactly one of `ack` and `nack` is called, once. */
export interface Delivery {
  /** A stream ({@link Payload.ofContent}) of any length; one of a consumer with cursors must be able to start anew. */
  readonly payload: Payload;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  /** The source's own id for this message, when it has one: the same id within two minutes is stored once. */
  readonly id?: string;
  /**
   * Where to go on after this delivery. The engine keeps it once this delivery and all before it are acknowledged. A consumer that
   * gives cursors can be made to wait: while the platform is short the engine keeps the delivery and tries again instead of `nack`. So does
   * any that has come to some of its stages already.
   */
  readonly cursor?: JsonValue;
  /**
   * The message is stored, as `messageId`: answer 202, move the file, acknowledge the broker. May throw; the message is then offered
   * again by the source.
   */
  ack(messageId?: string): void | Promise<void>;
  /** The message could not be stored now; nothing was accepted. */
  nack(cause: NackCause): void | Promise<void>;
}

export interface NackCause {
  /** `busy`: the stream is full or the server is away, try again. `refused`: this message can never be stored (too large). */
  readonly kind: 'busy' | 'refused';
  readonly message: string;
  readonly retryAfterMs: number;
}

/** What became of one message of a batch. */
export type WriteOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly error: Error; readonly afterMs?: number }
  | { readonly kind: 'rejected'; readonly error: Error };

export interface Producer {
  /**
   * Delivers a batch: one outcome per message, in order. Throwing means that every message of the batch has the thrown fate:
   * RetryableError and NotConnectedError → retry, PermanentError → rejected, anything else → retry.
   */
  write(batch: readonly Message[], signal: AbortSignal): Promise<readonly WriteOutcome[]>;
  close(): Promise<void>;
  /** Messages per `write` unless the manifest's `batch` says otherwise; absent: always one. */
  readonly maxBatch?: number;
  /**
   * So long at least between the beginnings of two batches that are not full: when a batch costs much more than a message in it, what comes
   * meanwhile had better share one. A message that comes alone does not wait. None when absent.
   */
  readonly restMs?: number;
  /** `write` calls under way at once at most; 16 when absent. 1 keeps the order. */
  readonly maxConcurrency?: number;
  /**
   * `write` reads large payloads as a stream ({@link Payload.content}) and counts them as delivered only when that came to its end.
   * Without it they are loaded before, up to the flow's `payload.maxValue`.
   */
  readonly streams?: boolean;
}

/** Answers a question about one message (the `enrich` step). */
export interface Lookup {
  /** What the answer depends on: messages with the same key get the same one, from a cache. */
  key(message: Message): string | Promise<string>;
  /** Undefined when there is nothing. Throws RetryableError, NotConnectedError (may pass) or PermanentError. */
  find(message: Message, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** A JSON Schema (draft-07) object. */
export type JsonSchema = { readonly [key: string]: unknown };

/**
 * A connector. `C`, `P` and `L` are the configurations of its consumer, producer and lookup as its schema describes them, with `${env:}` and
 * `${secret:}` already resolved.
 */
export interface Connector<C = JsonObject, P = JsonObject, L = JsonObject> {
  /** The `type` in manifests. */
  readonly id: string;
  /** JSON Schema file with `definitions.consumer` and/or `definitions.producer`. */
  readonly schema: JsonSchema;
  readonly capabilities: {
    /** One worker at a time runs the consumer (schedules, pollers, directory watchers). */
    readonly singleton?: boolean;
    /** The consumer ends by itself when its source is exhausted instead of waiting for more. */
    readonly finite?: boolean;
  };
  /** Checks configuration and reachability. Resolves when fine; throws one of the three connector errors. */
  check?(role: 'consumer' | 'producer', config: C | P, context: ConnectorContext): Promise<void>;
  /**
   * Whether what comes while nobody takes in is lost (requests, core subjects): versions of the consumer then overlap. It calls
   * `context.listening`, and once the signal aborts it gives what it has taken and ends by itself.
   */
  isLive?(config: C): boolean;
  /** Deliveries until `context.signal` aborts. Backpressure is the iterable's: the engine asks for the next when it has room. */
  consumer?(config: C, context: ConsumerContext): AsyncIterable<Delivery>;
  producer?(config: P, context: ConnectorContext): Producer | Promise<Producer>;
  lookup?(config: L, context: ConnectorContext): Lookup | Promise<Lookup>;
}

/** Declares a connector; exists for its types. */
export function defineConnector<C, P, L = JsonObject>(connector: Connector<C, P, L>): Connector<C, P, L> {
  return connector;
}
