// What a plan comes to in calls: computed with it, never saved, because a plan is made again before it is carried out.
import type { BucketSpec, JetStreamConsumerSpec, StreamSpec } from '../compile/program.ts';
import type { Change, Plan } from './plan.ts';
import type { Applied, FlowEntry, FlowRecord, LiveConsumer, LiveStream, Versioned } from './state.ts';

export interface BucketWork {
  readonly change: Change;
  readonly spec: BucketSpec;
  readonly isNew: boolean;
}

/** Fields that somebody else keeps: they are sent as they are, and not taken for the server's answer to what is asked for. */
export interface Keeps<Spec> {
  readonly asked: Spec;
  readonly paths: readonly string[];
}

export interface StreamWork {
  readonly change: Change;
  /** As it has to be while something leaves it: with everything that is in it now. */
  readonly meanwhile: StreamSpec;
  readonly spec: StreamSpec;
  readonly isNew: boolean;
  readonly entry: Versioned<Applied<StreamSpec> | undefined>;
  /** As it is now; absent when there is none. */
  readonly live?: LiveStream;
  readonly keeps?: Keeps<StreamSpec>;
}

export interface ConsumerWork {
  readonly change: Change;
  readonly spec: JetStreamConsumerSpec;
  readonly isReplaced: boolean;
  /** As it was applied before. */
  readonly before?: Applied<JetStreamConsumerSpec>;
  /** As it is now; absent when there is none. */
  readonly live?: LiveConsumer;
  readonly keeps?: Keeps<JetStreamConsumerSpec>;
}

/** A flow to hand to the workers, and to write down. */
export interface FlowWork {
  readonly change: Change;
  readonly record: FlowRecord;
  readonly consumers: readonly JetStreamConsumerSpec[];
  readonly before: Versioned<FlowRecord | undefined>;
  readonly entry: Versioned<FlowEntry | undefined>;
  /** JetStream consumers that are as they should be. */
  readonly standing: readonly LiveConsumer[];
  /** The flow whose place it takes. */
  readonly former?: FlowRemoval;
}

/** A flow to take away. */
export interface FlowRemoval {
  readonly flow: string;
  readonly before: Versioned<FlowRecord | undefined>;
  readonly entry: Versioned<FlowEntry | undefined>;
}

export interface FlowDeletion extends FlowRemoval {
  readonly change: Change;
  readonly mayLoseMessages: boolean;
}

/** Former stages without messages: they go once every worker runs a version that cannot send to them. */
export interface Retirement {
  readonly change: Change;
  readonly flow: string;
  readonly before: Versioned<FlowRecord>;
}

export interface StreamDeletion {
  readonly change: Change;
  readonly name: string;
  readonly entry: Versioned<Applied<StreamSpec> | undefined>;
  readonly mayLoseMessages: boolean;
}

export interface ConsumerDeletion {
  readonly change: Change;
  readonly stream: string;
  readonly name: string;
}

export interface Work {
  readonly buckets: readonly BucketWork[];
  readonly streams: readonly StreamWork[];
  readonly consumers: readonly ConsumerWork[];
  /** What was in the server's memory when it was restarted. */
  readonly restoredStreams: readonly StreamWork[];
  readonly restoredConsumers: readonly ConsumerWork[];
  readonly flows: readonly FlowWork[];
  readonly retirements: readonly Retirement[];
  readonly deletedFlows: readonly FlowDeletion[];
  readonly deletedConsumers: readonly ConsumerDeletion[];
  readonly deletedStreams: readonly StreamDeletion[];
}

export interface Planned {
  readonly plan: Plan;
  readonly work: Work;
}
