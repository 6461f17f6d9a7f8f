// Reads everything that planning looks at, in a number of server calls that grows with pages and streams, not with flows.

import type { StreamSpec } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import { consumerKey } from '../plan/former-stages.ts';
import type { Desired, Plan } from '../plan/plan.ts';
import { neededStreams } from '../plan/plan-streams.ts';
import type {
  Applied,
  ClusterState,
  FlowEntry,
  FlowRecord,
  LiveStream,
  Suspension,
  Versioned,
} from '../plan/state.ts';
import { inventoryKey, isFlowRecord } from './inventory.ts';
import type { ApplyPorts, BucketEntry } from './ports.ts';

/** The state without the counts of waiting messages: those are read for what a plan may delete. */
export async function readState(ports: ApplyPorts): Promise<ClusterState> {
  const [bucketList, streamList] = await Promise.all([
    ports.cluster.listBuckets(),
    ports.cluster.listStreams(),
  ]);
  const live = new Map(bucketList.map((bucket) => [bucket.spec.name, bucket]));
  const entriesOf = async (name: string): Promise<readonly BucketEntry[]> =>
    live.has(name) ? (await ports.openBucket(name)).entries() : [];
  const holding = streamList.filter(({ spec }) => spec.retention === 'workqueue');
  const [records, inventory, ...consumerLists] = await Promise.all([
    entriesOf(buckets.programs),
    entriesOf(buckets.inventory),
    ...holding.map(({ spec }) => ports.cluster.listConsumers(spec.name)),
  ]);
  return {
    buckets: live,
    streams: new Map(streamList.map((stream) => [stream.spec.name, stream])),
    consumers: new Map(consumerLists.flat().map((consumer) => [consumerKey(consumer.spec), consumer])),
    records: new Map(
      records.map(({ key, value, revision }) => [
        key,
        { value: isFlowRecord(value) ? value : undefined, revision },
      ]),
    ),
    suspensions: new Map(
      [...under<{ readonly scope?: Suspension }>(inventory, inventoryKey.suspendedFlow(''))].map(
        ([name, { value }]) => [name, value.scope ?? 'all'],
      ),
    ),
    inventory: {
      flows: under<FlowEntry>(inventory, inventoryKey.flow('')),
      streams: under<Applied<StreamSpec>>(inventory, inventoryKey.stream('')),
    },
    waiting: new Map(),
  };
}

function under<Value>(
  entries: readonly BucketEntry[],
  prefix: string,
): ReadonlyMap<string, Versioned<Value>> {
  return new Map(
    entries
      .filter(({ key, value }) => key.startsWith(prefix) && typeof value === 'object' && value !== null)
      .map(({ key, value, revision }) => [key.slice(prefix.length), { value: value as Value, revision }]),
  );
}

/** Adds the messages per subject of those streams from which something may go. */
export async function withWaiting(
  state: ClusterState,
  { desired, options }: Pick<Plan, 'desired' | 'options'>,
  { cluster }: Pick<ApplyPorts, 'cluster'>,
): Promise<ClusterState> {
  const leaving = streamsWithLeavers(state, desired, options.destroy);
  const records = [...state.records.values()].flatMap(({ value }) => value ?? []);
  const wanted = desired.flows.map((flow): FlowRecord => ({ flow, retiring: [] }));
  const needed = neededStreams({ after: [...records, ...wanted], held: [] }, state);
  const streams = [...state.streams.values()].filter(
    (live) =>
      live.messages > 0 &&
      live.spec.retention === 'workqueue' &&
      (leaving.has(live.spec.name) || shrinks(live, needed.get(live.spec.name))),
  );
  const counts = await Promise.all(
    streams.map(async ({ spec: { name } }) => [name, await cluster.messagesBySubject(name, '>')] as const),
  );
  return { ...state, waiting: new Map(counts) };
}

function streamsWithLeavers(
  state: ClusterState,
  { owner, flows }: Desired,
  destroy: readonly string[],
): ReadonlySet<string> {
  const wanted = new Set(flows.map(({ name }) => name));
  const streams = new Set<string>();
  for (const [name, { value }] of state.records) {
    for (const { stream } of value?.retiring ?? []) streams.add(stream);
    const isOwn = state.inventory.flows.get(name)?.value.owner === owner;
    if (value !== undefined && !wanted.has(name) && (isOwn || destroy.includes(name)))
      streams.add(value.flow.stream);
  }
  for (const [name, { value }] of state.inventory.flows) {
    if (!wanted.has(name) || !state.records.has(name))
      for (const { asked } of value.consumers) streams.add(asked.stream);
  }
  return streams;
}

function shrinks(live: LiveStream, needed: StreamSpec | undefined): boolean {
  if (needed === undefined) return true;
  return (
    needed.maxMessagesPerSubject !== live.spec.maxMessagesPerSubject ||
    needed.maxBytes !== live.spec.maxBytes ||
    live.spec.subjects.some((subject) => !needed.subjects.includes(subject))
  );
}
