// Decides per flow what becomes of it: asked for, taken over, renamed, left alone or removed; and what must not be.
import { canonicalJson } from '../compile/canonical-json.ts';
import type { CompiledFlow, JetStreamConsumerSpec } from '../compile/program.ts';
import { consumersOf, formerStages } from './former-stages.ts';
import type { Desired, Locate, ManifestPlace, PlanOptions, Refusal } from './plan.ts';
import { planOrigin } from './plan-origin.ts';
import type { ClusterState, FlowEntry, FlowRecord, Versioned } from './state.ts';

/** A flow that is asked for, with what is there of it. */
export interface WantedFlow {
  readonly name: string;
  readonly next: FlowRecord;
  /** Every JetStream consumer that it is to have. */
  readonly consumers: readonly JetStreamConsumerSpec[];
  readonly before: Versioned<FlowRecord | undefined>;
  readonly entry: Versioned<FlowEntry | undefined>;
  /** The flow whose place it takes. */
  readonly former?: string;
}

export interface FlowStates {
  readonly wanted: readonly WantedFlow[];
  /** Flows that are to go: the owner's own that are no longer asked for, when pruning, and those named. */
  readonly leaving: readonly string[];
  /** Every flow that stays without being asked for: other owners', and unwanted ones that are not pruned. */
  readonly kept: readonly FlowRecord[];
  readonly refusals: readonly Refusal[];
}

const nothing = { value: undefined, revision: 0 } as const;

export function flowStates(
  desired: Desired,
  state: ClusterState,
  options: PlanOptions,
  locate: Locate,
): FlowStates {
  const names = new Set(desired.flows.map(({ name }) => name));
  const refusals: Refusal[] = [];
  const wanted: WantedFlow[] = [];
  for (const flow of desired.flows) {
    const refusal =
      ownerRefusal(flow.name, desired, state, options, locate(flow.name)) ?? moveRefusal(flow, state);
    if (refusal === undefined) wanted.push(wantedFlow(flow, desired, state, names));
    else refusals.push(refusal);
  }
  const renamed = new Set(wanted.flatMap(({ former }) => former ?? []));
  const all = new Set([...state.records.keys(), ...state.inventory.flows.keys()]);
  const isOwn = (name: string) => state.inventory.flows.get(name)?.value.owner === desired.owner;
  const leaving = [...all]
    .filter((name) => !names.has(name) && !renamed.has(name))
    .filter((name) => options.destroy.includes(name) || (options.prune && isOwn(name)))
    .sort();
  const gone = new Set(leaving);
  const taken = new Set([...wanted.map(({ name }) => name), ...renamed, ...gone]);
  const kept = [...state.records]
    .filter(([name]) => !taken.has(name))
    .flatMap(([, { value }]) => value ?? []);
  return { wanted, leaving, kept, refusals };
}

function wantedFlow(
  flow: CompiledFlow,
  desired: Desired,
  state: ClusterState,
  names: ReadonlySet<string>,
): WantedFlow {
  const before = state.records.get(flow.name) ?? nothing;
  const former = formerName(flow.name, desired, state, names);
  const formerRecord = former === undefined ? undefined : state.records.get(former)?.value;
  const retiring = [
    ...(before.value === undefined ? [] : formerStages(before.value, flow)),
    ...(formerRecord === undefined ? [] : formerStages(formerRecord, flow)),
    // Where the stream is gone nothing waits.
  ].filter(({ stream }) => state.streams.has(stream));
  const suspended = state.suspensions.get(flow.name);
  const origin = planOrigin(flow.name, before.value, former, state);
  const next: FlowRecord = {
    flow,
    retiring: distinct(retiring),
    ...(suspended === undefined ? {} : { suspended }),
    ...(origin === flow.name ? {} : { origin }),
  };
  return {
    name: flow.name,
    next,
    consumers: consumersOf(next),
    before,
    entry: state.inventory.flows.get(flow.name) ?? nothing,
    ...(former === undefined ? {} : { former }),
  };
}

/** The flow that is to be taken over, while it is still there and this owner's. */
function formerName(
  flow: string,
  { renames, owner }: Desired,
  state: ClusterState,
  names: ReadonlySet<string>,
): string | undefined {
  const former = renames[flow];
  if (former === undefined || names.has(former)) return undefined;
  const isThere = state.records.has(former) || state.inventory.flows.has(former);
  const holder = state.inventory.flows.get(former)?.value.owner ?? owner;
  return isThere && holder === owner ? former : undefined;
}

function ownerRefusal(
  flow: string,
  { owner }: Desired,
  { inventory }: ClusterState,
  { takeOver }: PlanOptions,
  place: ManifestPlace | undefined,
): Refusal | undefined {
  const holder = inventory.flows.get(flow)?.value.owner ?? owner;
  if (holder === owner || takeOver.includes(holder)) return undefined;
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`;
  return {
    code: 'VRS6005',
    message: `flow ${flow}${where} belongs to ${holder}, and ${owner} wants it too`,
    help: `Rename one of the two flows; or remove it from ${holder} and take it over: --take-over ${holder}.`,
    object: { kind: 'flow', name: flow },
  };
}

/** A flow's messages lie in its stream; JetStream has no way to take them along. */
function moveRefusal(flow: CompiledFlow, state: ClusterState): Refusal | undefined {
  const before = state.records.get(flow.name)?.value;
  if (before === undefined || before.flow.stream === flow.stream) return undefined;
  return {
    code: 'VRS6003',
    message: `flow ${flow.name} lives in stream ${before.flow.stream}; its new durability or stream setting wants ${flow.stream}`,
    help: `Give it a new name with \`renamedFrom: ${flow.name}\`: what waits is drained under the old one. Or leave the setting as it was.`,
    object: { kind: 'flow', name: flow.name },
  };
}

function distinct<T>(items: readonly T[]): readonly T[] {
  if (items.length < 2) return items;
  return [...new Map(items.map((item) => [canonicalJson(item), item])).values()];
}
