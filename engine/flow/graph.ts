// The flow graph: what a manifest of kind Flow means once every name is resolved and every default filled in.
import type { Range } from '../diagnostics/diagnostic.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Field names and list indexes from the top of the document, e.g. `['spec', 'steps', 0, 'expression']`. */
export type DocumentPath = readonly (string | number)[];

/** `memory` survives nothing, `standard` is on one server's disk, `durable` is on three servers that sync always. */
export type Durability = 'memory' | 'standard' | 'durable';

/** A consumer of a flow. `config` holds its own fields only (`name`, `type` and `to` removed), holes unresolved. */
export interface ConsumerDefinition {
  readonly name: string;
  readonly type: string;
  readonly config: JsonObject;
  /** Steps or producers that get each message, at least one. */
  readonly to: readonly string[];
}

/** What happens to a message on which a step failed for good. */
export type OnErrorDefinition =
  | { readonly kind: 'fail' | 'drop' | 'continue' }
  | { readonly kind: 'to'; readonly to: readonly string[] };

/** A step of a flow. `config` holds its own fields only (`name`, `type`, `to`, `onError`, `durable` removed). */
export interface StepDefinition {
  readonly name: string;
  readonly type: string;
  readonly config: JsonObject;
  /** Where passed messages go; empty on a step that only routes. */
  readonly to: readonly string[];
  /**
   * Every name that a route leads to, with what names it: a condition (`when`) or, only when none held, `otherwise`. A name that
   * both mention is `when`. Absent on other steps.
   */
  readonly routeTargets?: Readonly<Record<string, 'when' | 'otherwise'>>;
  readonly onError: OnErrorDefinition;
  /** The author wants the message stored again in front of this step. */
  readonly durable: boolean;
}

/** Bounds across all workers: how many pass in a time, how many are under way at once. */
export interface ThrottleDefinition {
  /** One message passes every so many milliseconds on average. */
  readonly intervalMs?: number;
  /** Messages that may pass at once after a quiet time. */
  readonly burst: number;
  readonly concurrency?: number;
}

/** How messages are gathered before they are delivered. */
export interface BatchDefinition {
  /** What the connector likes when absent. */
  readonly messages?: number;
  readonly bytes: number;
  readonly waitMs: number;
}

/** When to stop trying a producer that keeps failing; `failures` 0 = never. */
export interface BreakerDefinition {
  readonly failures: number;
  readonly probeMs: number;
}

/** The producer gets a link to the payload instead of the payload. */
export interface LinkDefinition {
  /** How long the link works. */
  readonly expiresMs: number;
  /** The store signs it, and it works as often as somebody asks; the engine serves it otherwise, once. */
  readonly by?: 'store';
}

/** A producer of a flow. `config` holds its own fields only (name, type and the policies below removed), holes unresolved. */
export interface ProducerDefinition {
  readonly name: string;
  readonly type: string;
  readonly config: JsonObject;
  readonly batch: BatchDefinition;
  readonly breaker: BreakerDefinition;
  readonly throttle?: ThrottleDefinition;
  readonly link?: LinkDefinition;
}

/** Messages with the same key stay in order; the keys are spread over the lanes. */
export interface OrderingDefinition {
  /** JSONata over the accepted message. */
  readonly key: string;
  readonly lanes: number;
}

/** Accepted messages with the same key are processed once within the window. */
export interface IdempotencyDefinition {
  /** JSONata over the accepted message. */
  readonly key: string;
  readonly windowMs: number;
}

/** How often and how long delivery is tried before a message becomes a dead letter. */
export interface DeliveryDefinition {
  readonly attempts: number;
  readonly backoff: { readonly initialMs: number; readonly factor: number; readonly maxMs: number };
  /** Milliseconds since the message was accepted. */
  readonly deadlineMs: number;
}

/** How large payloads may be, in bytes. */
export interface PayloadDefinition {
  /** Larger ones travel by reference. */
  readonly inlineBytes: number;
  /** Steps and producers that need the whole hold no larger one. */
  readonly maxValueBytes: number;
  /** The ObjectStore that the manifest names. */
  readonly storeName?: string;
  /** That one, or the tenant's default; the engine's own folder when absent. */
  readonly store?: ObjectStoreDefinition;
}

/** A store of payloads. `config` holds its own fields, holes unresolved. */
export interface ObjectStoreDefinition {
  readonly name: string;
  readonly type: 'disk' | 's3' | 'azure' | 'gcs' | 'nats';
  readonly config: JsonObject;
}

/** One flow: acyclic, every name resolved, every node reachable. Plain data but for {@link FlowGraph.locate}. */
export interface FlowGraph {
  readonly tenant: string;
  readonly name: string;
  /** The name that it had before: what waits under it is carried over. */
  readonly renamedFrom?: string;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The file that holds the manifest, as the user named it. */
  readonly file: string;
  readonly durability: Durability;
  /** Whether the flow shares its stream with others or asks for one of its own. */
  readonly stream: 'shared' | 'dedicated';
  /** Bounds of what may wait per stage (messages) and in all (bytes). */
  readonly limits: { readonly maxMessages: number; readonly maxBytes: number };
  readonly delivery: DeliveryDefinition;
  readonly ordering?: OrderingDefinition;
  readonly idempotency?: IdempotencyDefinition;
  readonly throttle?: ThrottleDefinition;
  /** Absent when the manifest leaves it out. */
  readonly payload?: PayloadDefinition;
  readonly consumers: readonly ConsumerDefinition[];
  /** In the order of the manifest; never empty lists of targets except on routes. */
  readonly steps: readonly StepDefinition[];
  readonly producers: readonly ProducerDefinition[];
  /** Where a field stands in the file; the nearest enclosing one when the manifest leaves it out. */
  locate(path: DocumentPath): Range;
}
