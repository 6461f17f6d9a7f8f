// Flows: what workers are handed, what is written down about it, and what goes.
import { digestOf, isSameJson } from '../compile/canonical-json.ts';
import type { CompiledFlow, JetStreamConsumerSpec } from '../compile/program.ts';
import { answerOf } from './compare-specs.ts';
import { flowFields } from './flow-fields.ts';
import type { FlowStates, WantedFlow } from './flow-states.ts';
import { consumerKey, messagesLeft, subjectsOf } from './former-stages.ts';
import type {
  Action,
  Change,
  Desired,
  Drift,
  FieldChange,
  Locate,
  ManifestPlace,
  ObjectRef,
  PlanOptions,
} from './plan.ts';
import type { Applied, ClusterState, FlowEntry, FlowRecord, LiveConsumer } from './state.ts';
import type { FlowDeletion, FlowRemoval, FlowWork, Retirement } from './work.ts';

const nothing = { value: undefined, revision: 0 } as const;

/** Undefined when the flow stands as it should, also in the inventory. */
export function planFlow(
  flow: WantedFlow,
  standing: readonly LiveConsumer[],
  desired: Desired,
  state: ClusterState,
  locate: Locate,
): { readonly work?: FlowWork; readonly drift: readonly Drift[] } {
  const { next, before, entry, former } = flow;
  const object: ObjectRef = { kind: 'flow', name: flow.name };
  const actions = actionsFor(flow, standing, desired);
  const drift = driftOf(flow, object);
  if (actions.length === 0) return { drift };
  const fields = before.value === undefined ? [] : flowFields(before.value.flow, next.flow);
  const suspension = suspensionField(before.value, next);
  const retires = next.retiring
    .filter(({ stage }) => !before.value?.retiring.some((known) => known.stage.durable === stage.durable))
    .map(({ stream, stage }) => ({ stage: stage.durable, stream }));
  const place = locate(flow.name);
  const change: Change = {
    actions,
    object,
    fields: [...fields, ...suspension].map((field) => withPlace(field, locate(flow.name, field.path))),
    ...reasonOf(actions, before.value, next, fields),
    ...(place === undefined ? {} : { source: place }),
    ...(retires.length === 0 ? {} : { retires }),
    ...(former === undefined ? {} : { renamedFrom: former }),
  };
  const { consumers } = flow;
  const work = { change, record: next, consumers, before, entry, standing };
  return {
    work: former === undefined ? work : { ...work, former: removalOf(former, state) },
    drift,
  };
}

/** Why a change has no fields to show. */
function reasonOf(
  actions: readonly Action[],
  before: FlowRecord | undefined,
  next: FlowRecord,
  fields: readonly FieldChange[],
): Pick<Change, 'reason'> {
  if (actions[0] === 'adopt' && actions.length === 1) return { reason: 'it was not recorded as it is' };
  const isOther = before !== undefined && before.flow.digest !== next.flow.digest;
  return isOther && fields.length === 0 ? { reason: 'this version compiles it in another way' } : {};
}

function withPlace(field: FieldChange, source: ManifestPlace | undefined): FieldChange {
  return source === undefined ? field : { ...field, source };
}

function actionsFor(
  flow: WantedFlow,
  standing: readonly LiveConsumer[],
  desired: Desired,
): readonly Action[] {
  const { next, before, entry, former } = flow;
  if (former !== undefined) return ['rename'];
  if (before.value === undefined) return before.revision === 0 ? ['create'] : ['update'];
  const isChanged = !isSameJson(before.value, next);
  if (entry.value === undefined) return isChanged ? ['adopt', 'update'] : ['adopt'];
  if (isChanged) return ['update'];
  const recorded = entryFor(flow, answersOf(flow.consumers, standing, entry.value.consumers), desired);
  return isSameJson(recorded, entry.value) ? [] : ['adopt'];
}

/** What the inventory says once all is done. `answers` of the JetStream consumers, those that are as they should be included. */
export function entryFor(
  { next, before, entry }: Pick<WantedFlow, 'next' | 'before' | 'entry'>,
  answers: FlowEntry['consumers'],
  { owner, revision }: Pick<Desired, 'owner' | 'revision'>,
): FlowEntry {
  const isSame = entry.value?.owner === owner && before.value !== undefined && isSameJson(before.value, next);
  return {
    owner,
    revision: isSame ? (entry.value as FlowEntry).revision : revision,
    digest: next.flow.digest,
    consumers: answers,
  };
}

/** Of the flow as it is, whatever digest it says it has. */
export function contentDigest({ digest: _digest, ...content }: CompiledFlow): string {
  return digestOf(content);
}

/** Per JetStream consumer of the flow; of one that is not in `live` the former answer counts as long as the same is asked for. */
export function answersOf(
  consumers: readonly JetStreamConsumerSpec[],
  live: readonly LiveConsumer[],
  former: FlowEntry['consumers'] = [],
): FlowEntry['consumers'] {
  const byKey = new Map(live.map((consumer) => [consumerKey(consumer.spec), consumer]));
  const before = new Map(former.map((applied) => [consumerKey(applied.asked), applied]));
  return consumers.map((asked): Applied<typeof asked> => {
    const found = byKey.get(consumerKey(asked));
    const known = before.get(consumerKey(asked));
    if (found === undefined && known !== undefined && isSameJson(known.asked, asked)) return known;
    const answer = found === undefined ? undefined : answerOf(asked, found);
    return answer === undefined ? { asked } : { asked, answer };
  });
}

function driftOf({ next, before, entry }: WantedFlow, object: ObjectRef): readonly Drift[] {
  const applied = entry.value?.digest;
  if (applied === undefined) return [];
  if (before.value === undefined) {
    const kind = before.revision === 0 ? 'missing' : 'changed';
    return [{ object, kind, fields: [], corrected: true }];
  }
  if (next.flow.digest === applied && isSameJson(next.flow, before.value.flow)) return [];
  const now = contentDigest(before.value.flow);
  if (now === applied) return [];
  const told = next.flow.digest === applied ? flowFields(next.flow, before.value.flow) : [];
  const fields = told.length > 0 ? told : [{ path: 'digest', before: applied, after: now }];
  return [{ object, kind: 'changed', fields, corrected: true }];
}

function suspensionField(before: FlowRecord | undefined, next: FlowRecord): readonly FieldChange[] {
  if (before === undefined || before.suspended === next.suspended) return [];
  return [
    {
      path: 'suspended',
      ...(before.suspended === undefined ? {} : { before: before.suspended }),
      ...(next.suspended === undefined ? {} : { after: next.suspended }),
    },
  ];
}

function removalOf(flow: string, state: ClusterState): FlowRemoval {
  return {
    flow,
    before: state.records.get(flow) ?? nothing,
    entry: state.inventory.flows.get(flow) ?? nothing,
  };
}

export function planDeletions(
  { leaving }: FlowStates,
  state: ClusterState,
  { allowDataLoss }: PlanOptions,
): readonly FlowDeletion[] {
  return leaving.map((flow) => {
    const removal = removalOf(flow, state);
    const messages = waitingIn(flow, removal.before.value, state);
    const streams = removal.before.value === undefined ? [] : subjectsOf(removal.before.value);
    const mayLoseMessages =
      allowDataLoss.includes(`flow/${flow}`) ||
      (streams.length > 0 && streams.every(({ stream }) => allowDataLoss.includes(`stream/${stream}`)));
    const change: Change = {
      actions: ['delete'],
      object: { kind: 'flow', name: flow },
      fields: [],
      ...(messages === 0 ? {} : { dataAtStake: { messages } }),
    };
    return { ...removal, change, mayLoseMessages };
  });
}

function waitingIn(flow: string, record: FlowRecord | undefined, { waiting }: ClusterState): number {
  const prefixes =
    record === undefined ? [`flow.${flow}.`] : subjectsOf(record).map(({ subject }) => subject.slice(0, -1));
  const counts = [...waiting.values()].flatMap((bySubject) => Object.entries(bySubject));
  return counts
    .filter(([subject]) => prefixes.some((prefix) => subject.startsWith(prefix)))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** Former stages whose messages are through, of flows that otherwise stay as they are. */
export function planRetirements(
  wanted: readonly WantedFlow[],
  changing: ReadonlySet<string>,
  state: ClusterState,
): readonly Retirement[] {
  return wanted.flatMap(({ name, next, before }) => {
    if (next.retiring.length === 0 || changing.has(name) || before.value === undefined) return [];
    const left = next.retiring.map((former) =>
      messagesLeft(former, next.flow, state.waiting.get(former.stream) ?? {}),
    );
    // What is not drained may still send to the others: they leave together.
    if (left.some((messages) => messages > 0)) return [];
    const stages = next.retiring.map(({ stage }) => stage.name).join(', ');
    const change: Change = {
      actions: ['update'],
      object: { kind: 'flow', name },
      fields: [],
      reason: `former stages are drained and go: ${stages}`,
    };
    return [{ change, flow: name, before: { value: before.value, revision: before.revision } }];
  });
}
