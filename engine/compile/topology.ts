// Derives what must exist in JetStream for a set of compiled flows: streams, JetStream consumers, buckets.
import { digestOf } from './canonical-json.ts';
import { laneSubject } from './lanes.ts';
import { isDedicated } from './placement.ts';
import type {
  BucketSpec,
  CompiledFlow,
  Durability,
  JetStreamConsumerSpec,
  Stage,
  StreamSpec,
  Topology,
} from './program.ts';

/** Marks an object as ours: `apply` and `destroy` touch nothing else. */
export const managedBy = { 'vrsky-managed-by': 'vrsky' } as const;

export const buckets = {
  /** Compiled flows by name: what workers run. */
  programs: 'VRSKY_PROGRAMS',
  /** Cursors of consumers. */
  state: 'VRSKY_STATE',
  leases: 'VRSKY_LEASES',
  /** Which messages hold which objects of the payload stores. */
  payloads: 'VRSKY_PAYLOADS',
  /** What was applied, by whom: objects as they were asked for and as the server answered. */
  inventory: 'VRSKY_INVENTORY',
  /** Revisions per owner with their flows, suspensions, what the reconcile loop notes. */
  history: 'VRSKY_HISTORY',
} as const;

/** The stream that remembers keys of `dedupe` and `idempotency`, under `seen.<flow>.<node>.<hash>`. */
export const seenStream = 'VRSKY_SEEN';

/** The stream that holds a tenant's dead letters, under `dead.<flow>.<stage>`. */
export const deadLetterStream = 'VRSKY_DEAD';

const mebibyte = 1024 * 1024;
const deadLetterBytes = 1024 * mebibyte;
const seenBytes = 1024 * mebibyte;
/** The server sets the bounds of all streams aside: 1,000 flows share 34 of these, and a disk has to have room for them. */
const sharedStreamBytes = 1024 * mebibyte;
/** A killed worker holds its messages this long at most; living ones extend what takes longer. */
const ackWaitMs = 10_000;
const laneAckWaitMs = 60_000;
const duplicateWindowMs = 120_000;

/** Deterministic: sorted by name throughout. */
export function buildTopology(flows: readonly CompiledFlow[]): Topology {
  return {
    buckets: buildBuckets(flows),
    streams: buildStreams(flows),
    consumers: flows.flatMap(consumersOf).sort(byNameOf),
  };
}

export function buildBuckets(flows: readonly CompiledFlow[]): readonly BucketSpec[] {
  return Object.values(buckets).map((name) => bucketSpec(name, replicasFor(flows)));
}

export function buildStreams(flows: readonly CompiledFlow[]): readonly StreamSpec[] {
  const byStream = Map.groupBy(flows, (flow) => flow.stream);
  const streams = [...byStream].map(([name, members]) => flowStream(name, members));
  const replicas = replicasFor(flows);
  return [
    ...streams.sort(byNameOf),
    deadLetters(replicas),
    ...(flows.some(remembers) ? [seenKeys(replicas)] : []),
  ];
}

/** What all flows share is as safe as the safest of them. */
function replicasFor(flows: readonly CompiledFlow[]): number {
  return Math.max(1, ...flows.map(({ durability }) => replicasOf(durability)));
}

function flowStream(name: string, flows: readonly CompiledFlow[]): StreamSpec {
  const [first] = flows as readonly [CompiledFlow, ...CompiledFlow[]];
  return {
    kind: 'stream',
    name,
    subjects: flows.map((flow) => `flow.${flow.name}.>`).sort(),
    storage: first.durability === 'memory' ? 'memory' : 'file',
    retention: 'workqueue',
    replicas: replicasOf(first.durability),
    maxBytes: isDedicated(name) ? first.limits.maxBytes : sharedStreamBytes,
    maxMessagesPerSubject: Math.max(...flows.map((flow) => flow.limits.maxMessages)),
    maxAgeMs: 0,
    duplicateWindowMs,
    metadata: managedBy,
  };
}

function remembers(flow: CompiledFlow): boolean {
  if (flow.idempotency !== undefined) return true;
  return flow.stages.some((stage) => Object.values(stage.nodes).some((node) => node.type === 'dedupe'));
}

function seenKeys(replicas: number): StreamSpec {
  return {
    kind: 'stream',
    name: seenStream,
    subjects: ['seen.>'],
    storage: 'file',
    retention: 'limits',
    replicas,
    maxBytes: seenBytes,
    maxMessagesPerSubject: 1,
    maxAgeMs: 0,
    duplicateWindowMs,
    messageTtl: true,
    metadata: managedBy,
  };
}

function deadLetters(replicas: number): StreamSpec {
  return {
    kind: 'stream',
    name: deadLetterStream,
    subjects: ['dead.>'],
    storage: 'file',
    retention: 'limits',
    replicas,
    maxBytes: deadLetterBytes,
    maxMessagesPerSubject: -1,
    maxAgeMs: 0,
    duplicateWindowMs,
    metadata: managedBy,
  };
}

function consumersOf(flow: CompiledFlow): readonly JetStreamConsumerSpec[] {
  return flow.stages.flatMap((stage) => stageConsumers(flow, stage));
}

/** The JetStream consumers of a stage: one, or one per lane. */
export function stageConsumers(
  flow: Pick<CompiledFlow, 'name' | 'stream'>,
  stage: Stage,
): readonly JetStreamConsumerSpec[] {
  if (stage.lanes === undefined) return [jetStreamConsumer(flow, stage)];
  return Array.from({ length: stage.lanes }, (_, lane) => jetStreamConsumer(flow, stage, lane));
}

/** The JetStream consumer of a stage or of one of its lanes; workers use it too, to create again what a server restart took. */
export function jetStreamConsumer(
  flow: Pick<CompiledFlow, 'name' | 'stream'>,
  stage: Pick<Stage, 'durable' | 'subject'>,
  lane?: number,
): JetStreamConsumerSpec {
  const spec = {
    stream: flow.stream,
    name: lane === undefined ? stage.durable : `${stage.durable}_${lane}`,
    filterSubject: lane === undefined ? stage.subject : laneSubject(stage.subject, lane),
    // A lane's new owner makes its JetStream consumer anew: nothing waits for this, and a short pause must not reorder.
    ackWaitMs: lane === undefined ? ackWaitMs : laneAckWaitMs,
    maxAckPending: 10_000,
  };
  return {
    kind: 'consumer',
    ...spec,
    metadata: { ...managedBy, 'vrsky-flow': flow.name, 'vrsky-config': digestOf(spec) },
  };
}

function bucketSpec(name: string, replicas: number): BucketSpec {
  return { kind: 'bucket', name, storage: 'file', replicas, history: name === buckets.programs ? 8 : 1 };
}

function replicasOf(durability: Durability): number {
  return durability === 'durable' ? 3 : 1;
}

function byNameOf(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
