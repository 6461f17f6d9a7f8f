// Our specs and JetStream's configurations, translated both ways, so that what is compared is in our terms.
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { BucketSpec, JetStreamConsumerSpec, StreamSpec } from '../compile/program.ts';

const nanoseconds = 1_000_000;

export function streamConfig(spec: StreamSpec): Partial<StreamConfig> & { readonly name: string } {
  return {
    name: spec.name,
    subjects: [...spec.subjects],
    storage: spec.storage === 'file' ? StorageType.File : StorageType.Memory,
    retention: spec.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    num_replicas: spec.replicas,
    max_bytes: spec.maxBytes,
    max_msgs_per_subject: spec.maxMessagesPerSubject,
    max_age: spec.maxAgeMs * nanoseconds,
    duplicate_window: spec.duplicateWindowMs * nanoseconds,
    discard: DiscardPolicy.New,
    discard_new_per_subject: spec.maxMessagesPerSubject > 0,
    allow_direct: true,
    ...(spec.messageTtl === undefined ? {} : { allow_msg_ttl: true }),
    metadata: { ...spec.metadata },
  };
}

export function streamSpec(config: StreamConfig): StreamSpec {
  return {
    kind: 'stream',
    name: config.name,
    subjects: [...(config.subjects ?? [])].sort(),
    storage: config.storage === StorageType.File ? 'file' : 'memory',
    retention: config.retention === RetentionPolicy.Workqueue ? 'workqueue' : 'limits',
    replicas: config.num_replicas,
    maxBytes: config.max_bytes,
    maxMessagesPerSubject: config.max_msgs_per_subject,
    maxAgeMs: config.max_age / nanoseconds,
    duplicateWindowMs: config.duplicate_window / nanoseconds,
    ...(config.allow_msg_ttl === true ? { messageTtl: true as const } : {}),
    metadata: ownMetadata(config.metadata),
  };
}

/** State in memory: on a work-queue stream it can be rebuilt from what is left, and on disk it costs many times more. */
export function consumerConfig(spec: JetStreamConsumerSpec): ConsumerConfig {
  return {
    durable_name: spec.name,
    name: spec.name,
    filter_subject: spec.filterSubject,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: spec.ackWaitMs * nanoseconds,
    max_ack_pending: spec.maxAckPending,
    max_deliver: -1,
    max_waiting: 512,
    mem_storage: true,
    metadata: { ...spec.metadata },
  };
}

export function consumerSpec(stream: string, config: ConsumerConfig): JetStreamConsumerSpec {
  return {
    kind: 'consumer',
    stream,
    name: config.durable_name ?? config.name ?? '',
    filterSubject: config.filter_subject ?? '',
    ackWaitMs: (config.ack_wait ?? 0) / nanoseconds,
    maxAckPending: config.max_ack_pending ?? 0,
    metadata: ownMetadata(config.metadata),
  };
}

export function bucketSpec(config: StreamConfig): BucketSpec {
  return {
    kind: 'bucket',
    name: config.name.replace(/^KV_/, ''),
    storage: config.storage === StorageType.File ? 'file' : 'memory',
    replicas: config.num_replicas,
    history: config.max_msgs_per_subject,
  };
}

/** The server adds `_nats.*` entries that change with every upgrade. */
function ownMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([name]) => !name.startsWith('_nats')));
}
