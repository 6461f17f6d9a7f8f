// Gathers the state of an account: applied flows, what waits per stage, live workers and their counts.
import type { Cluster } from '../apply/cluster.ts';
import { buckets } from '../compile/topology.ts';
import type { FlowEntry, Suspension } from '../plan/state.ts';
import { type DeployedFlow, isDeployedFlow } from './deployed-flow.ts';
import { type Condition, flowConditions } from './flow-conditions.ts';
import type { FlowStatsSnapshot } from './flow-stats.ts';
import type { Broker } from './ports.ts';
import { readDeadLetterCounts, type StageFacts, type StageStatus, stageStatuses } from './stage-status.ts';
import { control } from './trace.ts';
import type { StalledFlow, WorkerReport } from './worker.ts';

export interface FlowStatus {
  readonly flow: string;
  readonly digest: string;
  readonly stream: string;
  /** Whose it is, and the revision that changed it last. */
  readonly owner?: string;
  readonly revision?: string;
  readonly suspended?: Suspension;
  readonly conditions: readonly Condition[];
  readonly stages: readonly StageStatus[];
  /** Summed over the workers that run now; they start at zero with each of them. */
  readonly counts: Pick<
    FlowStatsSnapshot,
    'accepted' | 'filtered' | 'deadLettered' | 'retried' | 'delivered'
  >;
}

export interface Status {
  readonly serverVersion: string;
  readonly workers: number;
  readonly deadLetters: number;
  readonly flows: readonly FlowStatus[];
  readonly stalled: readonly StalledFlow[];
}

const askMs = 300;

/** Of every applied flow, or of one. */
export async function readStatus(broker: Broker, cluster: Cluster, only?: string): Promise<Status> {
  const asked = only === undefined ? {} : { flows: [only] };
  const [reports, present] = await Promise.all([
    broker.ask(control.stats, asked, askMs) as Promise<readonly WorkerReport[]>,
    cluster.listBuckets(),
  ]);
  const isThere = (bucket: string) => present.some(({ spec }) => spec.name === bucket);
  const deployed = isThere(buckets.programs) ? await readDeployed(broker, only) : [];
  const owners = isThere(buckets.inventory) ? await readOwners(broker) : new Map<string, FlowEntry>();
  const facts = await readFacts(deployed, cluster);
  const counts = Object.values(facts.deadLetters);
  return {
    serverVersion: cluster.serverVersion,
    workers: reports.length,
    deadLetters: counts.reduce((sum, count) => sum + count, 0),
    flows: await Promise.all(
      deployed.map((entry) => flowStatus(entry, owners.get(entry.flow.name), facts, reports)),
    ),
    stalled: uniqueStalled(reports),
  };
}

async function readDeployed(broker: Broker, only: string | undefined): Promise<readonly DeployedFlow[]> {
  const entries = await (await broker.bucket(buckets.programs)).entries();
  return entries
    .filter(({ key }) => only === undefined || key === only)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ value }) => value)
    .filter(isDeployedFlow);
}

async function readOwners(broker: Broker): Promise<ReadonlyMap<string, FlowEntry>> {
  const entries = await (await broker.bucket(buckets.inventory)).entries();
  const flows = entries.filter(({ key }) => key.startsWith('flow.'));
  return new Map(flows.map(({ key, value }) => [key.slice('flow.'.length), value as FlowEntry]));
}

async function readFacts(deployed: readonly DeployedFlow[], cluster: Cluster): Promise<StageFacts> {
  const names = deployed.flatMap(({ flow, retiring }) => [
    flow.stream,
    ...retiring.map((former) => former.stream),
  ]);
  const [deadLetters, ...lists] = await Promise.all([
    readDeadLetterCounts(cluster),
    ...[...new Set(names)].map((name) => cluster.listConsumers(name)),
  ]);
  const consumers = lists.flat().map((one) => [`${one.spec.stream}/${one.spec.name}`, one] as const);
  return { cluster, consumers: new Map(consumers), deadLetters, now: Date.now() };
}

async function flowStatus(
  deployed: DeployedFlow,
  entry: FlowEntry | undefined,
  facts: StageFacts,
  reports: readonly WorkerReport[],
): Promise<FlowStatus> {
  const { flow, suspended } = deployed;
  return {
    flow: flow.name,
    digest: flow.digest,
    stream: flow.stream,
    ...(entry === undefined ? {} : { owner: entry.owner, revision: entry.revision }),
    ...(suspended === undefined || suspended === 'handover' ? {} : { suspended }),
    conditions: flowConditions(deployed, reports),
    stages: await stageStatuses(deployed, facts),
    counts: sumCounts(reports.flatMap((report) => report.flows).filter((stats) => stats.flow === flow.name)),
  };
}

/** Adds up what several workers counted for one flow. */
export function sumCounts(snapshots: readonly FlowStatsSnapshot[]): FlowStatus['counts'] {
  const sum = (field: 'accepted' | 'filtered' | 'deadLettered' | 'retried') =>
    snapshots.reduce((total, one) => total + one[field], 0);
  const delivered: Record<string, number> = {};
  for (const { delivered: counts } of snapshots) {
    for (const [producer, count] of Object.entries(counts))
      delivered[producer] = (delivered[producer] ?? 0) + count;
  }
  return {
    accepted: sum('accepted'),
    filtered: sum('filtered'),
    deadLettered: sum('deadLettered'),
    retried: sum('retried'),
    delivered,
  };
}

function uniqueStalled(reports: readonly WorkerReport[]): readonly StalledFlow[] {
  const all = reports.flatMap((report) => report.stalled);
  const byFlow = new Map(all.map((stalled) => [stalled.flow, stalled]));
  // Whichever worker answers first.
  return [...byFlow.values()].sort((a, b) => (a.flow < b.flow ? -1 : 1));
}
