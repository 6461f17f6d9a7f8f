// What waits in the stages of a flow, for how long, and what was given up on.
import type { Cluster } from '../apply/cluster.ts';
import { deadLetterStream, stageConsumers } from '../compile/topology.ts';
import type { LiveConsumer } from '../plan/state.ts';
import { deadLetterSubject } from './dead-letter.ts';
import type { DeployedFlow, RetiringStage } from './deployed-flow.ts';

export interface StageStatus {
  readonly stage: string;
  /** A former stage that finishes what it holds. */
  readonly retiring: boolean;
  /** Stored and not yet handed to a worker. */
  readonly waiting: number;
  /** Age of the oldest message that is stored for it, in milliseconds; absent when there is none. */
  readonly lagMs?: number;
  readonly inFlight: number;
  readonly redelivered: number;
  readonly deadLetters: number;
}

/** What was read once for all flows. */
export interface StageFacts {
  readonly cluster: Cluster;
  /** By `stream/name`. */
  readonly consumers: ReadonlyMap<string, LiveConsumer>;
  /** By subject. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly now: number;
}

export function readDeadLetterCounts(cluster: Cluster): Promise<Readonly<Record<string, number>>> {
  return cluster.messagesBySubject(deadLetterStream, 'dead.>');
}

export function stageStatuses(
  { flow, retiring }: DeployedFlow,
  facts: StageFacts,
): Promise<readonly StageStatus[]> {
  const stages = [
    ...flow.stages.map((stage) => ({ stream: flow.stream, stage, retiring: false })),
    ...retiring.map((former) => ({ ...former, retiring: true })),
  ];
  return Promise.all(stages.map((place) => stageStatus(flow.name, place, facts)));
}

async function stageStatus(
  flow: string,
  { stream, stage, retiring }: RetiringStage & { readonly retiring: boolean },
  { cluster, consumers, deadLetters, now }: StageFacts,
): Promise<StageStatus> {
  const specs = stageConsumers({ name: flow, stream }, stage);
  const live = specs.flatMap(({ name }) => consumers.get(`${stream}/${name}`) ?? []);
  const sum = (field: 'pending' | 'ackPending' | 'redelivered') =>
    live.reduce((total, consumer) => total + consumer[field], 0);
  const [waiting, inFlight] = [sum('pending'), sum('ackPending')];
  const filter = stage.lanes === undefined ? stage.subject : `${stage.subject}.*`;
  const oldest = waiting + inFlight === 0 ? undefined : await cluster.nextMessage(stream, filter, 1);
  return {
    stage: stage.name,
    retiring,
    waiting,
    ...(oldest === undefined ? {} : { lagMs: Math.max(0, now - oldest.storedAtMs) }),
    inFlight,
    redelivered: sum('redelivered'),
    deadLetters: deadLetters[deadLetterSubject(flow, stage.name)] ?? 0,
  };
}
