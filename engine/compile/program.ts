// What compiling produces: stages with everything a worker needs, and the topology they run on. Plain JSON throughout.

import type {
  BatchDefinition,
  BreakerDefinition,
  DeliveryDefinition,
  Durability,
  IdempotencyDefinition,
  JsonObject,
  LinkDefinition,
  OrderingDefinition,
  PayloadDefinition,
  ThrottleDefinition,
} from '../flow/graph.ts';

export type { Durability, Json, JsonObject } from '../flow/graph.ts';

/** Where a node hands a message on: to a node of the same stage, or through JetStream to another stage. */
export type Target =
  | ({ readonly kind: 'node'; readonly node: string } & CopyTarget)
  | ({ readonly kind: 'stage' } & StageAddress & CopyTarget);

export interface CopyTarget {
  /** What goes there may come together again with what goes elsewhere: it gets an id of its own, `<id>~<target>`. */
  readonly copy?: true;
}

/** What a message for a stage is stored under. With lanes, under `<subject>.<lane>`. */
export interface StageAddress {
  readonly stage: string;
  readonly subject: string;
  readonly lanes?: number;
}

/** What happens to a message on which a step failed for good. `to` hands it on instead. */
export type OnError =
  | { readonly kind: 'fail' | 'drop' | 'continue' }
  | { readonly kind: 'to'; readonly targets: readonly Target[] };

export interface StepNode {
  readonly kind: 'step';
  readonly name: string;
  readonly type: string;
  /** The step's own fields, as in the manifest (`name`, `type`, `to`, `onError`, `durable` removed). */
  readonly config: JsonObject;
  /** Where passed messages go. Empty on a step that only routes. */
  readonly to: readonly Target[];
  /** Where the names that a route answers lead; absent on other steps. */
  readonly routes?: Readonly<Record<string, Target>>;
  readonly onError: OnError;
}

export interface ProducerNode {
  readonly kind: 'producer';
  readonly name: string;
  readonly type: string;
  /** The producer's own fields; holes like `${secret:X}` unresolved, always. */
  readonly config: JsonObject;
  readonly batch: BatchDefinition;
  readonly breaker: BreakerDefinition;
  readonly link?: LinkDefinition;
}

export type StageNode = StepNode | ProducerNode;

/** Why a stage begins where it does: a durable boundary exists only where it buys something. */
export type StageReason =
  /** Accepted messages are stored for it. */
  | 'ingress'
  /** Every message of a split is stored on its own. */
  | 'split'
  /** A message can reach several producers: each retries on its own. */
  | 'fan-out'
  /** The author wrote `durable: true`. */
  | 'durable'
  /** The step or producer makes messages wait (throttle, delay, aggregate): they wait in their stream. */
  | 'wait'
  /** What an aggregate completes is stored before its members are settled. */
  | 'aggregate';

/** A run of fused steps between two durable boundaries: what a worker executes for one JetStream consumer. */
export interface Stage {
  readonly name: string;
  readonly reason: StageReason;
  readonly subject: string;
  /** The name of its durable JetStream consumer. */
  readonly durable: string;
  /**
   * Absent: any worker takes any message. Otherwise the messages are spread over so many lanes, each run by one worker at a time,
   * in order per key; `durable` and `subject` are then followed by the lane.
   */
  readonly lanes?: number;
  /** How messages are made to wait before the stage runs them. */
  readonly throttle?: ThrottleDefinition;
  readonly delayMs?: number;
  /** The node that a message enters by. */
  readonly entry: string;
  readonly nodes: Readonly<Record<string, StageNode>>;
}

/** A consumer of the flow and the stage its messages are stored for. */
export interface ConsumerNode {
  readonly name: string;
  readonly type: string;
  readonly config: JsonObject;
  /** Each accepted message is stored once for every one of these (one, unless `to` names several). */
  readonly stages: readonly (StageAddress & CopyTarget)[];
}

export type DeliveryPolicy = DeliveryDefinition;

/** One flow, ready to run. `digest` is the SHA-256 (hex, first 16) of the rest in canonical JSON. */
export interface CompiledFlow {
  readonly formatVersion: 1;
  readonly tenant: string;
  readonly name: string;
  readonly digest: string;
  readonly durability: Durability;
  readonly stream: string;
  /** Bounds of what may wait per stage (messages) and, in a stream of its own, in all (bytes). */
  readonly limits: { readonly maxMessages: number; readonly maxBytes: number };
  readonly delivery: DeliveryPolicy;
  readonly ordering?: OrderingDefinition;
  readonly idempotency?: IdempotencyDefinition;
  /** Holds for what was accepted, before the first step. */
  readonly throttle?: ThrottleDefinition;
  /** Sizes in bytes; absent: the defaults. */
  readonly payload?: PayloadDefinition;
  readonly consumers: readonly ConsumerNode[];
  readonly stages: readonly Stage[];
}

/** A stream, JetStream consumer or bucket that must exist. Durations in ms, sizes in bytes; -1 = unlimited. */
export interface StreamSpec {
  readonly kind: 'stream';
  readonly name: string;
  readonly subjects: readonly string[];
  readonly storage: 'file' | 'memory';
  readonly retention: 'workqueue' | 'limits';
  readonly replicas: number;
  readonly maxBytes: number;
  readonly maxMessagesPerSubject: number;
  readonly maxAgeMs: number;
  readonly duplicateWindowMs: number;
  /** Each message may say how long it lives; present only when true. */
  readonly messageTtl?: true;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface JetStreamConsumerSpec {
  readonly kind: 'consumer';
  readonly stream: string;
  readonly name: string;
  readonly filterSubject: string;
  readonly ackWaitMs: number;
  readonly maxAckPending: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface BucketSpec {
  readonly kind: 'bucket';
  readonly name: string;
  readonly storage: 'file' | 'memory';
  readonly replicas: number;
  readonly history: number;
}

export interface Topology {
  readonly buckets: readonly BucketSpec[];
  readonly streams: readonly StreamSpec[];
  readonly consumers: readonly JetStreamConsumerSpec[];
}

/** All flows of one tenant with the topology they need. */
export interface Program {
  readonly formatVersion: 1;
  readonly tenant: string;
  readonly digest: string;
  readonly flows: readonly CompiledFlow[];
  readonly topology: Topology;
}
