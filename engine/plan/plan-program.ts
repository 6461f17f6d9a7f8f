// Plans: what has to change for the server to hold what an owner asks for. Pure.
import { digestOf } from '../compile/canonical-json.ts';
import type { BucketSpec } from '../compile/program.ts';
import { buildBuckets } from '../compile/topology.ts';
import { compareSpecs } from './compare-specs.ts';
import { applyDriftPolicy } from './drift-policy.ts';
import { type FlowStates, flowStates } from './flow-states.ts';
import { flowSubject, subjectsOf } from './former-stages.ts';
import { massDelete } from './guards.ts';
import {
  type Change,
  type Desired,
  type Locate,
  type Plan,
  type PlanOptions,
  planFormatVersion,
} from './plan.ts';
import { planConsumers, strayConsumers } from './plan-consumers.ts';
import { planDeletions, planFlow, planRetirements } from './plan-flows.ts';
import { type HeldSubject, planStreams, type StreamScope } from './plan-streams.ts';
import type { ClusterState } from './state.ts';
import type { BucketWork, FlowDeletion, Planned, Work } from './work.ts';

/** The same arguments give the same plan. `plan.refusals` says why it must not be carried out, if it must not. */
export function planProgram(
  desired: Desired,
  state: ClusterState,
  options: PlanOptions,
  locate: Locate = () => undefined,
): Planned {
  const states = flowStates(desired, state, options, locate);
  const deletedFlows = planDeletions(states, state, options);
  const perFlow = states.wanted.map((flow) => {
    const consumers = planConsumers(flow, state);
    return { consumers, flow: planFlow(flow, consumers.standing, desired, state, locate) };
  });
  const flows = perFlow.flatMap(({ flow }) => flow.work ?? []);
  const changing = new Set(flows.map(({ record }) => record.flow.name));
  const streams = planStreams(streamScope(states, deletedFlows, state), state, options);
  const owned = [...state.inventory.flows.values()].filter(({ value }) => value.owner === desired.owner);
  const work: Work = {
    buckets: planBuckets(states, state),
    streams: streams.work,
    consumers: perFlow.flatMap(({ consumers }) => consumers.work),
    restoredStreams: streams.restorations,
    restoredConsumers: perFlow.flatMap(({ consumers }) => consumers.restorations),
    flows,
    retirements: planRetirements(states.wanted, changing, state),
    deletedFlows,
    deletedConsumers: strayConsumers(states.wanted, state),
    deletedStreams: streams.deletions,
  };
  const drift = [
    ...streams.drift,
    ...perFlow.flatMap(({ consumers, flow }) => [...consumers.drift, ...flow.drift]),
  ];
  const refusals = [
    ...states.refusals,
    ...streams.refusals,
    ...massDelete(deletedFlows, owned.length, desired, options),
  ];
  return asPlanned(applyDriftPolicy({ work, drift }, options), { desired, options, refusals });
}

function asPlanned(
  { work, drift }: Pick<Plan, 'drift'> & { readonly work: Work },
  rest: Pick<Plan, 'desired' | 'options' | 'refusals'>,
): Planned {
  const changes = changesOf(work);
  // Buckets are made on the way, and counts of messages move all the time.
  const lasting = changes.filter(({ object }) => object.kind !== 'bucket');
  const fingerprint = digestOf(lasting.map(essence));
  const plan = { formatVersion: planFormatVersion, base: { fingerprint }, changes, drift, ...rest } as const;
  return { plan, work };
}

/** Without what may differ between two plans for the same changes. */
function essence({ dataAtStake: _counts, source: _place, fields, ...change }: Change): unknown {
  return { ...change, fields: fields.map(({ source: _line, ...field }) => field) };
}

/** In the order in which they are carried out. */
function changesOf(work: Work): readonly Change[] {
  return [
    work.buckets,
    work.streams,
    work.consumers,
    work.flows,
    work.retirements,
    work.deletedFlows,
    work.deletedConsumers,
    work.deletedStreams,
  ].flatMap((items) => items.map(({ change }) => change));
}

function planBuckets({ wanted, kept }: FlowStates, state: ClusterState): readonly BucketWork[] {
  if (wanted.length === 0) return [];
  const flows = [...wanted.map(({ next }) => next.flow), ...kept.map(({ flow }) => flow)];
  return buildBuckets(flows).flatMap((spec) => planBucket(spec, state));
}

function planBucket(spec: BucketSpec, state: ClusterState): readonly BucketWork[] {
  const live = state.buckets.get(spec.name);
  const object = { kind: 'bucket', name: spec.name } as const;
  if (live === undefined) return [{ change: { actions: ['create'], object, fields: [] }, spec, isNew: true }];
  // JetStream never changes the storage of a bucket; what is in it counts more.
  const asked = { ...spec, storage: live.spec.storage };
  const { fields } = compareSpecs(asked, undefined, { spec: live.spec, deviations: [] });
  if (fields.length === 0) return [];
  return [{ change: { actions: ['update'], object, fields }, spec: asked, isNew: false }];
}

function streamScope(
  { wanted, kept }: FlowStates,
  deletedFlows: readonly FlowDeletion[],
  state: ClusterState,
): StreamScope {
  const leaving = deletedFlows.flatMap((flow) => [
    { stream: flow.before.value?.flow.stream ?? '', subject: `flow.${flow.flow}.>` },
    ...(flow.before.value === undefined ? [] : subjectsOf(flow.before.value)),
    ...(flow.entry.value?.consumers ?? []).map(({ asked }) => heldBy(asked)),
  ]);
  const own = wanted.flatMap(({ next, former }) => [
    ...subjectsOf(next),
    ...entrySubjects(former === undefined ? [] : [former], state),
  ]);
  const known = new Set([...wanted.map(({ name }) => name), ...kept.map(({ flow }) => flow.name)]);
  const gone = new Set(deletedFlows.map(({ flow }) => flow));
  const unreadable = [...state.inventory.flows.keys()].filter((name) => !known.has(name) && !gone.has(name));
  return {
    after: [...wanted.map(({ next }) => next), ...kept],
    held: entrySubjects(unreadable, state),
    touched: new Set([...own, ...leaving].map(({ stream }) => stream)),
    leaving: new Set(leaving.map(({ subject }) => subject)),
  };
}

function entrySubjects(flows: readonly string[], { inventory }: ClusterState): readonly HeldSubject[] {
  return flows.flatMap((flow) =>
    (inventory.flows.get(flow)?.value.consumers ?? []).map(({ asked }) => heldBy(asked)),
  );
}

function heldBy({
  stream,
  filterSubject,
}: {
  readonly stream: string;
  readonly filterSubject: string;
}): HeldSubject {
  return { stream, subject: flowSubject(filterSubject) };
}
