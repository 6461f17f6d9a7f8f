// Streams: shared by the flows in them, so each is compared with what all of its flows together need.

import { isFlowStream } from '../compile/placement.ts';
import type { StreamSpec } from '../compile/program.ts';
import { buildStreams, deadLetterStream, seenStream } from '../compile/topology.ts';
import { compareSpecs } from './compare-specs.ts';
import { subjectsOf } from './former-stages.ts';
import type { Change, Drift, ObjectRef, PlanOptions, Refusal } from './plan.ts';
import { isManaged } from './plan-consumers.ts';
import type { Applied, ClusterState, FlowRecord, LiveStream, Versioned } from './state.ts';
import type { StreamDeletion, StreamWork } from './work.ts';

export interface StreamPlan {
  readonly work: readonly StreamWork[];
  /** Recorded, kept in memory, and gone with the server's last run. */
  readonly restorations: readonly StreamWork[];
  readonly deletions: readonly StreamDeletion[];
  readonly drift: readonly Drift[];
  readonly refusals: readonly Refusal[];
}

export interface StreamScope {
  /** Every flow there will be, of whichever owner. */
  readonly after: readonly FlowRecord[];
  /** Of flows that there will be and whose records cannot be read. */
  readonly held: readonly HeldSubject[];
  /** Streams that the flows of this plan live in or leave. Those of others are none of its business. */
  readonly touched: ReadonlySet<string>;
  /** Subjects whose messages are seen to elsewhere in the plan. */
  readonly leaving: ReadonlySet<string>;
}

export interface HeldSubject {
  readonly stream: string;
  readonly subject: string;
}

const nothing = { value: undefined, revision: 0 } as const;
/** What they hold outlives every flow. */
const lasting: ReadonlySet<string> = new Set([deadLetterStream, seenStream]);

export function planStreams(scope: StreamScope, state: ClusterState, options: PlanOptions): StreamPlan {
  const needed = neededStreams(scope, state);
  const plans = [...needed].map(([name, spec]) =>
    scope.touched.has(name) || lasting.has(name) ? planStream(spec, scope, state, options) : {},
  );
  const deletions = [...state.streams.values()].flatMap((live) =>
    needed.has(live.spec.name) || !isFlowStream(live.spec.name) || !isManaged(live.spec)
      ? []
      : deletion(live, scope, state, options),
  );
  const work = plans.flatMap((one) => one.work ?? []);
  const isRestoration = ({ isNew, spec, entry }: StreamWork) =>
    isNew && spec.storage === 'memory' && entry.value !== undefined && sameAsked(spec, entry.value);
  return {
    work: work.filter((item) => !isRestoration(item)),
    restorations: work.filter(isRestoration),
    drift: plans.flatMap(({ drift }) => drift ?? []),
    deletions: [
      ...deletions.flatMap((found) => ('name' in found ? [found] : [])),
      ...forgotten(needed, state, options),
    ],
    refusals: [
      ...plans.flatMap(({ refusals }) => refusals ?? []),
      ...deletions.flatMap((found) => ('name' in found ? [] : [found])),
    ],
  };
}

/** Streams with every subject that flows, and stages they left behind, are stored under. */
export function neededStreams(
  { after, held }: Pick<StreamScope, 'after' | 'held'>,
  state: Pick<ClusterState, 'streams'>,
): ReadonlyMap<string, StreamSpec> {
  const pairs = [...held, ...after.flatMap(subjectsOf)];
  const subjects = Map.groupBy(pairs, ({ stream }) => stream);
  const specs = new Map(buildStreams(after.map(({ flow }) => flow)).map((spec) => [spec.name, spec]));
  for (const [name, members] of subjects) {
    const spec = specs.get(name) ?? state.streams.get(name)?.spec;
    const distinct = [...new Set(members.map(({ subject }) => subject))].sort();
    if (spec !== undefined) specs.set(name, { ...spec, subjects: distinct });
  }
  return pairs.length === 0 ? new Map() : specs;
}

interface OneStream {
  readonly work?: StreamWork;
  readonly drift?: readonly Drift[];
  readonly refusals?: readonly Refusal[];
}

function planStream(
  spec: StreamSpec,
  scope: StreamScope,
  state: ClusterState,
  options: PlanOptions,
): OneStream {
  const object: ObjectRef = { kind: 'stream', name: spec.name };
  const live = state.streams.get(spec.name);
  const entry: Versioned<Applied<StreamSpec> | undefined> = state.inventory.streams.get(spec.name) ?? nothing;
  if (live === undefined) {
    const change: Change = { actions: ['create'], object, fields: [] };
    const lost: Drift = { object, kind: 'missing', fields: [], corrected: true };
    return {
      work: { change, meanwhile: spec, spec, isNew: true, entry },
      drift: entry.value === undefined || spec.storage === 'memory' ? [] : [lost],
    };
  }
  if (!isManaged(live.spec) && entry.value === undefined) return { refusals: [notOurs(object)] };
  const { fields, drift } = compareSpecs(spec, entry.value, live);
  const found: readonly Drift[] =
    drift.length === 0 ? [] : [{ object, kind: 'changed', fields: drift, corrected: true }];
  const refusals = [...immutable(spec, live), ...dataAtStake(spec, live, scope, state, options)];
  if (refusals.length > 0) return { refusals, drift: found };
  if (fields.length === 0 && entry.value !== undefined && sameAsked(spec, entry.value))
    return { drift: found };
  const change: Change = {
    actions: [
      ...(entry.value === undefined ? (['adopt'] as const) : []),
      ...(fields.length > 0 || entry.value !== undefined ? (['update'] as const) : []),
    ],
    object,
    fields,
    ...(fields.length === 0 ? { reason: 'it was not recorded' } : {}),
  };
  const subjects = [...new Set([...spec.subjects, ...live.spec.subjects])].sort();
  const meanwhile = { ...spec, subjects };
  return { work: { change, meanwhile, spec, isNew: false, entry, live }, drift: found };
}

function sameAsked(spec: StreamSpec, { asked }: Applied<StreamSpec>): boolean {
  return compareSpecs(spec, undefined, { spec: asked, deviations: [] }).fields.length === 0;
}

const fixed = ['storage', 'retention'] as const;

function immutable(spec: StreamSpec, live: LiveStream): readonly Refusal[] {
  const deviations = live.deviations.filter(({ isFixed }) => isFixed);
  const differences = [
    ...fixed
      .filter((field) => spec[field] !== live.spec[field])
      .map((field) => ({
        path: field as string,
        ours: spec[field] as unknown,
        live: live.spec[field] as unknown,
      })),
    ...deviations,
  ];
  return differences.map(({ path, ours, live: now }) => ({
    code: 'VRS6001',
    message: `stream ${spec.name} has ${path} ${String(now)} and the manifests want ${String(ours)}; JetStream never changes that. It holds ${live.messages} messages.`,
    help: 'Rename its flows (`renamedFrom`): they get a stream of the new kind and what waits is drained. Or destroy them and apply again, or keep what it has.',
    object: { kind: 'stream', name: spec.name },
  }));
}

/** Lower limits, or subjects taken away, would make the server delete what is stored. */
function dataAtStake(
  spec: StreamSpec,
  live: LiveStream,
  { leaving }: StreamScope,
  state: ClusterState,
  options: PlanOptions,
): readonly Refusal[] {
  if (live.messages === 0 || mayLose(spec.name, options)) return [];
  const counts = Object.entries(state.waiting.get(spec.name) ?? {});
  const gone = live.spec.subjects.filter(
    (subject) => !spec.subjects.includes(subject) && !leaving.has(subject),
  );
  const stranded = sum(counts.filter(([subject]) => gone.some((left) => matches(left, subject))));
  const limit = spec.maxMessagesPerSubject;
  const over = limit < 0 ? 0 : sum(counts.map(([subject, count]) => [subject, Math.max(0, count - limit)]));
  const tooLarge = spec.maxBytes >= 0 && live.bytes > spec.maxBytes;
  const reasons = [
    ...(stranded > 0 ? [`${stranded} messages lie under ${gone.join(', ')}, which no flow has`] : []),
    ...(over > 0 ? [`${over} messages are more than the new limit of ${limit} per stage`] : []),
    ...(tooLarge ? [`its ${live.bytes} bytes are more than the new limit of ${spec.maxBytes}`] : []),
  ];
  return reasons.map((reason) => ({
    code: 'VRS6004',
    message: `stream ${spec.name} would lose messages: ${reason}`,
    help: `Let the flows drain first (\`vrsky status\`), or give the messages up: --allow-data-loss stream/${spec.name}`,
    object: { kind: 'stream', name: spec.name },
  }));
}

function deletion(
  live: LiveStream,
  { leaving }: StreamScope,
  state: ClusterState,
  options: PlanOptions,
): readonly (StreamDeletion | Refusal)[] {
  const { name } = live.spec;
  const object: ObjectRef = { kind: 'stream', name };
  const entry = state.inventory.streams.get(name) ?? nothing;
  const isLeft = live.spec.subjects.every((subject) => leaving.has(subject));
  if (live.messages > 0 && !isLeft && !mayLose(name, options)) {
    const message = `stream ${name} serves no flow any more and still holds ${live.messages} messages`;
    const help = `Look at them with \`nats stream view ${name}\`; give them up with --allow-data-loss stream/${name}`;
    return [{ code: 'VRS6004', message, help, object }];
  }
  const change: Change = {
    actions: ['delete'],
    object,
    fields: [],
    reason: 'no flow uses it',
    ...(live.messages > 0 ? { dataAtStake: { messages: live.messages } } : {}),
  };
  return [{ change, name, entry, mayLoseMessages: mayLose(name, options) }];
}

/** Somebody deleted streams that were not needed any more: only the inventory still knows them. */
function forgotten(
  needed: ReadonlyMap<string, StreamSpec>,
  { streams, inventory }: ClusterState,
  options: PlanOptions,
): readonly StreamDeletion[] {
  return [...inventory.streams]
    .filter(([name]) => isFlowStream(name) && !streams.has(name) && !needed.has(name))
    .map(([name, entry]) => ({
      change: {
        actions: ['delete'],
        object: { kind: 'stream', name },
        fields: [],
        reason: 'it is gone, and no flow uses it',
      },
      name,
      entry,
      mayLoseMessages: mayLose(name, options),
    }));
}

function notOurs(object: ObjectRef): Refusal {
  return {
    code: 'VRS6008',
    message: `stream ${object.name} exists and is not VRSky's: it lacks the metadata vrsky-managed-by`,
    help: 'Rename or remove that stream, or mark it as ours: `nats stream edit` with --metadata vrsky-managed-by=vrsky',
    object,
  };
}

export function mayLose(stream: string, { allowDataLoss }: PlanOptions): boolean {
  return allowDataLoss.includes(`stream/${stream}`);
}

function matches(filter: string, subject: string): boolean {
  return filter.endsWith('.>') ? subject.startsWith(filter.slice(0, -1)) : filter === subject;
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}
