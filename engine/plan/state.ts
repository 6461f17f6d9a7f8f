// What planning reads: the server as it is, and what was recorded when it was last applied.
import type {
  BucketSpec,
  CompiledFlow,
  JetStreamConsumerSpec,
  Json,
  Stage,
  StreamSpec,
} from '../compile/program.ts';

/** A setting that every object of ours has and that stands otherwise on the server. */
export interface Deviation {
  readonly path: string;
  readonly ours: Json;
  readonly live: Json;
  /** JetStream never changes it: the object has to be made anew. */
  readonly isFixed: boolean;
}

/** A stream as it is now. */
export interface LiveStream {
  readonly spec: StreamSpec;
  readonly deviations: readonly Deviation[];
  readonly messages: number;
  readonly bytes: number;
  readonly lastSequence: number;
}

/** A JetStream consumer as it is now. */
export interface LiveConsumer {
  readonly spec: JetStreamConsumerSpec;
  readonly deviations: readonly Deviation[];
  /** Stored for it and not yet handed out. */
  readonly pending: number;
  /** Handed out and not yet acknowledged. */
  readonly ackPending: number;
  readonly redelivered: number;
}

export interface LiveBucket {
  readonly spec: BucketSpec;
}

/** A stage that its flow no longer has but that may still hold messages. */
export interface FormerStage {
  readonly stream: string;
  readonly stage: Stage;
}

/** `intake`: accepts nothing and finishes what it holds. `all`: stands still. */
export type Suspension = 'intake' | 'all';

/** A flow as it stands in the programs bucket: what workers run. */
export interface FlowRecord {
  readonly flow: CompiledFlow;
  readonly retiring: readonly FormerStage[];
  /** `handover`: another flow takes its place, and only what nobody keeps at the source is still accepted. */
  readonly suspended?: Suspension | 'handover';
  /** What sources know it by, when that is not its name: it was renamed, or another flow had the name before. */
  readonly origin?: string;
}

/** An object as it was asked for, and what the server made of it where that differs. */
export interface Applied<Spec> {
  readonly asked: Spec;
  readonly answer?: Readonly<Record<string, Json>>;
}

/** A flow in the inventory. */
export interface FlowEntry {
  readonly owner: string;
  /** Of the last apply that changed it. */
  readonly revision: string;
  /** The digest of the flow as it was handed to the workers; absent while it was only claimed. */
  readonly digest?: string;
  readonly consumers: readonly Applied<JetStreamConsumerSpec>[];
}

/** A value with the revision at which it was read; 0 when it was not there. */
export interface Versioned<T> {
  readonly value: T;
  readonly revision: number;
}

export interface Inventory {
  readonly flows: ReadonlyMap<string, Versioned<FlowEntry>>;
  readonly streams: ReadonlyMap<string, Versioned<Applied<StreamSpec>>>;
}

/** Everything at one moment. */
export interface ClusterState {
  readonly buckets: ReadonlyMap<string, LiveBucket>;
  readonly streams: ReadonlyMap<string, LiveStream>;
  /** By `stream/name`. */
  readonly consumers: ReadonlyMap<string, LiveConsumer>;
  /** What workers run, by flow; without a value where something stands that is no flow. */
  readonly records: ReadonlyMap<string, Versioned<FlowRecord | undefined>>;
  /** What people suspended, by flow. */
  readonly suspensions: ReadonlyMap<string, Suspension>;
  readonly inventory: Inventory;
  /** Messages by stream and subject, of the streams in which something may go. */
  readonly waiting: ReadonlyMap<string, Readonly<Record<string, number>>>;
}
