// JetStream consumers: which to create, update, replace or delete for the flows that are asked for.
import { isSameJson } from '../compile/canonical-json.ts';
import type { JetStreamConsumerSpec } from '../compile/program.ts';
import { managedBy } from '../compile/topology.ts';
import { compareSpecs } from './compare-specs.ts';
import type { WantedFlow } from './flow-states.ts';
import { consumerKey } from './former-stages.ts';
import type { Change, Drift, ObjectRef } from './plan.ts';
import type { Applied, ClusterState, LiveConsumer } from './state.ts';
import type { ConsumerDeletion, ConsumerWork } from './work.ts';

export interface ConsumerPlan {
  readonly work: readonly ConsumerWork[];
  /** Recorded, and gone: their state is in memory, so a restart of the server takes them. No change: workers make them anew as well. */
  readonly restorations: readonly ConsumerWork[];
  readonly drift: readonly Drift[];
  /** Those that are as they should be. */
  readonly standing: readonly LiveConsumer[];
}

export function planConsumers(flow: WantedFlow, state: ClusterState): ConsumerPlan {
  const applied = new Map(
    (flow.entry.value?.consumers ?? []).map((consumer) => [consumerKey(consumer.asked), consumer]),
  );
  const work: ConsumerWork[] = [];
  const restorations: ConsumerWork[] = [];
  const drift: Drift[] = [];
  const standing: LiveConsumer[] = [];
  for (const spec of flow.consumers) {
    const live = state.consumers.get(consumerKey(spec));
    const before = applied.get(consumerKey(spec));
    if (live === undefined) {
      const isRecorded = before !== undefined && isSameJson(before.asked, spec);
      (isRecorded ? restorations : work).push(creation(spec, flow.name));
      continue;
    }
    const found = compareOne(spec, before, live, flow.name);
    drift.push(...found.drift);
    if (found.work === undefined) standing.push(live);
    else work.push(found.work);
  }
  return { work, restorations, drift, standing };
}

function creation(spec: JetStreamConsumerSpec, flow: string): ConsumerWork {
  return {
    change: { actions: ['create'], object: refOf(spec, flow), fields: [] },
    spec,
    isReplaced: false,
  };
}

function compareOne(
  spec: JetStreamConsumerSpec,
  before: Applied<JetStreamConsumerSpec> | undefined,
  live: LiveConsumer,
  flow: string,
): { readonly work?: ConsumerWork; readonly drift: readonly Drift[] } {
  const object = refOf(spec, flow);
  const { fields, drift } = compareSpecs(spec, before, live);
  const found: readonly Drift[] =
    drift.length === 0 ? [] : [{ object, kind: 'changed', fields: drift, corrected: true }];
  if (fields.length === 0) return { drift: found };
  const isReplaced = live.deviations.some(
    ({ path, isFixed }) => isFixed && fields.some((field) => field.path === path),
  );
  const change: Change = {
    actions: isReplaced ? ['delete', 'create'] : ['update'],
    object,
    fields,
    ...(isReplaced
      ? { reason: 'JetStream never changes this; the new one begins with what is not acknowledged' }
      : {}),
  };
  const applied = before === undefined ? {} : { before };
  return { work: { change, spec, isReplaced, live, ...applied }, drift: found };
}

/** JetStream consumers of ours that serve nothing: left by an apply that was killed, or made by hand. */
export function strayConsumers(
  wanted: readonly WantedFlow[],
  state: ClusterState,
): readonly ConsumerDeletion[] {
  const flows = new Map(wanted.map((flow) => [flow.name, flow]));
  const formers = new Set(wanted.flatMap(({ former }) => former ?? []));
  const needed = new Set(wanted.flatMap(({ consumers }) => consumers.map(consumerKey)));
  const isKnown = (flow: string) => state.records.has(flow) || state.inventory.flows.has(flow);
  return [...state.consumers].flatMap(([key, { spec }]) => {
    const flow = spec.metadata['vrsky-flow'];
    if (!isManaged(spec) || flow === undefined || needed.has(key)) return [];
    if (!flows.has(flow) && !formers.has(flow) && isKnown(flow)) return [];
    const change: Change = {
      actions: ['delete'],
      object: refOf(spec, flow),
      fields: [],
      reason: 'no flow uses it',
    };
    return [{ change, stream: spec.stream, name: spec.name }];
  });
}

export function isManaged({ metadata }: { readonly metadata: Readonly<Record<string, string>> }): boolean {
  return Object.entries(managedBy).every(([name, value]) => metadata[name] === value);
}

export function refOf({ stream, name }: JetStreamConsumerSpec, flow: string): ObjectRef {
  return { kind: 'consumer', name, stream, flow };
}
