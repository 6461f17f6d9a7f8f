// Gathers the state of an account: applied flows, what waits per stage, live workers and their counts.
import type { Cluster } from '../apply/cluster.ts';
import { buckets, deadLetterStream, stageConsumers } from '../compile/topology.ts';
import type { LiveConsumer } from '../plan/state.ts';
import { type DeployedFlow, isDeployedFlow } from './deployed-flow.ts';
import type { FlowStatsSnapshot } from './flow-stats.ts';
import type { Broker } from './ports.ts';
import { control } from './trace.ts';
import type { StalledFlow, WorkerReport } from './worker.ts';

export interface StageStatus {
  readonly stage: string;
  readonly retiring: boolean;
  /** Stored and not yet handed to a worker. */
  readonly waiting: number;
  readonly inFlight: number;
  readonly redelivered: number;
}

export interface FlowStatus {
  readonly flow: string;
  readonly digest: string;
  readonly stream: string;
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
  const [reports, streams] = await Promise.all([
    broker.ask(control.stats, {}, askMs) as Promise<readonly WorkerReport[]>,
    cluster.listStreams(),
  ]);
  const applied = streams.some((stream) => stream.spec.name === deadLetterStream);
  const deployed = applied ? await readDeployed(broker, only) : [];
  const names = [
    ...new Set(
      deployed.flatMap(({ flow, retiring }) => [flow.stream, ...retiring.map((former) => former.stream)]),
    ),
  ];
  const lists = await Promise.all(names.map((name) => cluster.listConsumers(name)));
  const live = new Map(
    lists.flat().map((consumer) => [`${consumer.spec.stream}/${consumer.spec.name}`, consumer]),
  );
  return {
    serverVersion: cluster.serverVersion,
    workers: reports.length,
    deadLetters: streams.find((stream) => stream.spec.name === deadLetterStream)?.messages ?? 0,
    flows: deployed.map((entry) => flowStatus(entry, live, reports)),
    stalled: uniqueStalled(reports),
  };
}

async function readDeployed(broker: Broker, only: string | undefined): Promise<readonly DeployedFlow[]> {
  const programs = await broker.bucket(buckets.programs);
  const names = only === undefined ? [...(await programs.keys())].sort() : [only];
  const entries = await Promise.all(names.map((name) => programs.get(name)));
  return entries.map((entry) => entry?.value).filter(isDeployedFlow);
}

function flowStatus(
  { flow, retiring }: DeployedFlow,
  live: ReadonlyMap<string, LiveConsumer>,
  reports: readonly WorkerReport[],
): FlowStatus {
  const stages = [
    ...flow.stages.map((stage) => ({ stream: flow.stream, stage, retiring: false })),
    ...retiring.map((former) => ({ ...former, retiring: true })),
  ];
  return {
    flow: flow.name,
    digest: flow.digest,
    stream: flow.stream,
    stages: stages.map(({ stream, stage, retiring }) => {
      const specs = stageConsumers({ name: flow.name, stream }, stage);
      const consumers = specs.flatMap(({ name }) => live.get(`${stream}/${name}`) ?? []);
      const sum = (field: 'pending' | 'ackPending' | 'redelivered') =>
        consumers.reduce((total, consumer) => total + consumer[field], 0);
      return {
        stage: stage.name,
        retiring,
        waiting: sum('pending'),
        inFlight: sum('ackPending'),
        redelivered: sum('redelivered'),
      };
    }),
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
  return [
    ...new Map(
      reports.flatMap((report) => report.stalled).map((stalled) => [stalled.flow, stalled]),
    ).values(),
  ];
}
