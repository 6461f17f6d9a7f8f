// Brings a cluster to a program: creates and updates what is needed, hands the flows to the workers, removes nothing that holds messages.
import { canonicalJson } from '../compile/canonical-json.ts';
import type { CompiledFlow, JetStreamConsumerSpec, Program, Stage, StreamSpec } from '../compile/program.ts';
import { stageConsumers } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Cluster, LiveStream } from './cluster.ts';

/** One thing that apply did. */
export interface AppliedChange {
  readonly action: 'create' | 'update' | 'retire' | 'delete';
  readonly kind: 'bucket' | 'stream' | 'consumer' | 'flow' | 'stage';
  readonly name: string;
}

/** A stage that its flow no longer has but that may still hold messages. */
export interface FormerStage {
  readonly stream: string;
  readonly stage: Stage;
}

/** A flow as it stands in the programs bucket. */
export interface FlowRecord {
  readonly flow: CompiledFlow;
  readonly retiring: readonly FormerStage[];
}

/** The part of the programs bucket that apply uses. */
export interface ProgramStore {
  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  put(key: string, value: unknown, revision?: number): Promise<boolean>;
}

export interface ApplyOptions {
  readonly openPrograms: () => Promise<ProgramStore>;
  readonly onChange?: (change: AppliedChange) => void;
  /** Waits (bounded) until no worker runs another version of these flows; answers whether that came true. */
  readonly workersFollow: (digests: ReadonlyMap<string, string>) => Promise<boolean>;
}

/**
 * Waves: buckets, streams, JetStream consumers, flows. Safe to repeat: a second apply of the same program changes nothing, and one
 * that was killed is finished by the next. Throws VRS6001 when a stream would have to change what JetStream never changes.
 */
export async function applyProgram(
  program: Program,
  cluster: Cluster,
  options: ApplyOptions,
): Promise<readonly AppliedChange[]> {
  const changes: AppliedChange[] = [];
  const done = (change: AppliedChange) => {
    changes.push(change);
    options.onChange?.(change);
  };
  for (const bucket of program.topology.buckets) await cluster.createBucket(bucket);
  const live = new Map((await cluster.listStreams()).map((stream) => [stream.spec.name, stream]));
  const programs = await options.openPrograms();
  const records = await readRecords(program, programs);
  for (const flow of program.flows) refuseMove(flow, records.get(flow.name)?.record);
  await applyStreams(program, live, cluster, done);
  await applyConsumers(program, live, cluster, done);
  const wave: FlowWave = { cluster, programs, done };
  const retiring: FlowRecord[] = [];
  for (const flow of program.flows) {
    const record = await applyFlow(flow, records.get(flow.name), wave);
    if (record.retiring.length > 0) retiring.push(record);
  }
  if (retiring.length > 0) await removeFormerStages(retiring, wave, options);
  return changes;
}

async function readRecords(program: Program, programs: ProgramStore) {
  const entries = await Promise.all(
    program.flows.map(async ({ name }) => [name, await programs.get(name)] as const),
  );
  return new Map(
    entries.flatMap(([name, entry]) =>
      entry === undefined
        ? []
        : [[name, { record: entry.value as FlowRecord, revision: entry.revision }] as const],
    ),
  );
}

/** A flow's messages lie in its stream; JetStream has no way to take them along. */
function refuseMove(flow: CompiledFlow, before: FlowRecord | undefined): void {
  if (before === undefined || before.flow.stream === flow.stream) return;
  const message = `flow ${flow.name} lives in stream ${before.flow.stream}; its new durability or stream setting wants ${flow.stream}`;
  const help = `Let it drain, then \`vrsky destroy flow/${flow.name}\` and apply again; or leave the setting as it was.`;
  throw new VrskyError('VRS6003', message, { help });
}

type Done = (change: AppliedChange) => void;

async function applyStreams(
  program: Program,
  live: ReadonlyMap<string, LiveStream>,
  cluster: Cluster,
  done: Done,
): Promise<void> {
  for (const spec of program.topology.streams) {
    const before = live.get(spec.name);
    if (before === undefined) {
      await cluster.createStream(spec);
      done({ action: 'create', kind: 'stream', name: spec.name });
      continue;
    }
    const wanted = withSubjectsInUse(spec, before);
    if (sameSpec(wanted, before.spec)) continue;
    refuseImmutable(wanted, before);
    await cluster.updateStream(wanted);
    done({ action: 'update', kind: 'stream', name: spec.name });
  }
}

/** Flows that this program does not name keep their place: removing flows is `destroy`. */
function withSubjectsInUse(spec: StreamSpec, live: LiveStream): StreamSpec {
  const subjects = [...new Set([...spec.subjects, ...live.spec.subjects])].sort();
  const maxMessagesPerSubject = Math.max(spec.maxMessagesPerSubject, live.spec.maxMessagesPerSubject);
  return { ...spec, subjects, maxMessagesPerSubject };
}

function refuseImmutable(wanted: StreamSpec, live: LiveStream): void {
  for (const field of ['storage', 'retention'] as const) {
    if (wanted[field] === live.spec[field]) continue;
    throw new VrskyError(
      'VRS6001',
      `stream ${wanted.name} has ${field} ${live.spec[field]} and the manifests want ${wanted[field]}; JetStream never changes that. It holds ${live.messages} messages.`,
      { help: 'Let the flows drain, then `vrsky destroy` and apply again, or keep the durability it has.' },
    );
  }
}

function sameSpec(
  wanted: StreamSpec | JetStreamConsumerSpec,
  live: StreamSpec | JetStreamConsumerSpec,
): boolean {
  return canonicalJson(wanted) === canonicalJson(live);
}

async function applyConsumers(
  program: Program,
  streams: ReadonlyMap<string, LiveStream>,
  cluster: Cluster,
  done: Done,
): Promise<void> {
  const names = [...new Set(program.topology.consumers.map((consumer) => consumer.stream))].filter((name) =>
    streams.has(name),
  );
  const lists = await Promise.all(names.map((name) => cluster.listConsumers(name)));
  const live = new Map(
    lists.flat().map((consumer) => [`${consumer.spec.stream}/${consumer.spec.name}`, consumer]),
  );
  const missing = program.topology.consumers.filter((spec) => {
    const before = live.get(`${spec.stream}/${spec.name}`);
    return before === undefined || !sameSpec(spec, before.spec);
  });
  await inParallel(missing, 64, async (spec) => {
    await cluster.createConsumer(spec);
    done({
      action: live.has(`${spec.stream}/${spec.name}`) ? 'update' : 'create',
      kind: 'consumer',
      name: spec.name,
    });
  });
}

interface FlowWave {
  readonly cluster: Cluster;
  readonly programs: ProgramStore;
  readonly done: Done;
}

interface KnownRecord {
  readonly record: FlowRecord;
  readonly revision: number;
}

/** Hands the flow to the workers, together with the stages it no longer has: they may still hold messages. */
async function applyFlow(
  flow: CompiledFlow,
  before: KnownRecord | undefined,
  wave: FlowWave,
): Promise<FlowRecord> {
  const record: FlowRecord = {
    flow,
    retiring: before === undefined ? [] : formerStages(before.record, flow),
  };
  if (before !== undefined && canonicalJson(before.record) === canonicalJson(record)) return record;
  await putRecord(record, before?.revision ?? 0, wave);
  wave.done({ action: before === undefined ? 'create' : 'update', kind: 'flow', name: flow.name });
  for (const { stage } of record.retiring)
    wave.done({ action: 'retire', kind: 'stage', name: stage.durable });
  return record;
}

async function putRecord(record: FlowRecord, revision: number, wave: FlowWave): Promise<void> {
  if (await wave.programs.put(record.flow.name, record, revision)) return;
  const message = `flow ${record.flow.name} was changed by somebody else at the same time`;
  throw new VrskyError('VRS6002', message, { retryable: true, help: 'Apply again.' });
}

/** Nothing can reach a former stage once every worker runs the new version; what is then empty goes, the rest stays until a later apply. */
async function removeFormerStages(
  records: readonly FlowRecord[],
  wave: FlowWave,
  options: ApplyOptions,
): Promise<void> {
  const digests = new Map(records.map(({ flow }) => [flow.name, flow.digest]));
  if (!(await options.workersFollow(digests))) return;
  for (const record of records) {
    const holding = await Promise.all(
      record.retiring.map((former) => holdsMessages(former, record.flow, wave)),
    );
    // Whatever an undrained stage publishes to must live on too, so former stages leave together.
    if (holding.includes(true)) continue;
    const current = await wave.programs.get(record.flow.name);
    if (current === undefined || canonicalJson(current.value) !== canonicalJson(record)) continue;
    await putRecord({ flow: record.flow, retiring: [] }, current.revision, wave);
    const inUse = new Set(
      record.flow.stages.flatMap((stage) => stageConsumers(record.flow, stage).map(({ name }) => name)),
    );
    for (const { stream, stage } of record.retiring) {
      for (const { name } of stageConsumers({ name: record.flow.name, stream }, stage)) {
        if (inUse.has(name)) continue;
        await wave.cluster.deleteConsumer(stream, name);
        wave.done({ action: 'delete', kind: 'consumer', name });
      }
    }
  }
}

function formerStages(
  before: FlowRecord,
  flow: CompiledFlow,
): readonly { readonly stream: string; readonly stage: Stage }[] {
  const all = [
    ...before.flow.stages.map((stage) => ({ stream: before.flow.stream, stage })),
    ...before.retiring,
  ];
  return all.filter(({ stream, stage }) => stream !== flow.stream || !isCovered(stage, flow));
}

/** Whether the flow still has every place where messages of this stage may wait. */
function isCovered({ durable, lanes }: Stage, flow: CompiledFlow): boolean {
  const now = flow.stages.find((stage) => stage.durable === durable);
  if (now === undefined) return false;
  return lanes === undefined ? now.lanes === undefined : lanes <= (now.lanes ?? 0);
}

/** Asks the stream itself: the JetStream consumer's state is in memory and may be younger than the messages. */
async function holdsMessages(
  { stream, stage }: FormerStage,
  flow: CompiledFlow,
  wave: FlowWave,
): Promise<boolean> {
  const filters = stage.lanes === undefined ? stage.subject : `${stage.subject}.*`;
  const counts = await wave.cluster.messagesBySubject(stream, filters);
  const current = new Set(
    flow.stages.flatMap((now) => stageConsumers(flow, now).map((spec) => spec.filterSubject)),
  );
  return Object.entries(counts).some(([subject, count]) => count > 0 && !current.has(subject));
}

async function inParallel<T>(
  items: readonly T[],
  width: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
