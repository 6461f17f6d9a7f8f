// Which stages a flow leaves behind when it changes: places where its messages may still wait.
import type { CompiledFlow, JetStreamConsumerSpec } from '../compile/program.ts';
import { stageConsumers } from '../compile/topology.ts';
import type { FlowRecord, FormerStage } from './state.ts';

/** Stages of `before` that `flow` does not cover, and those that were retiring then. */
export function formerStages(
  before: Pick<FlowRecord, 'flow' | 'retiring'>,
  flow: CompiledFlow,
): readonly FormerStage[] {
  const all = [
    ...before.flow.stages.map((stage) => ({ stream: before.flow.stream, stage })),
    ...before.retiring,
  ];
  return withoutDoubles(all.filter((former) => !isCovered(former, flow)));
}

/** Whether the flow has every place where messages of this stage may wait. */
function isCovered({ stream, stage }: FormerStage, flow: CompiledFlow): boolean {
  if (stream !== flow.stream) return false;
  const now = flow.stages.find(({ durable }) => durable === stage.durable);
  if (now === undefined) return false;
  return stage.lanes === undefined ? now.lanes === undefined : stage.lanes <= (now.lanes ?? 0);
}

/** A stage may have been left behind twice, with more lanes the first time. The newer definition counts, the greater number of lanes. */
function withoutDoubles(stages: readonly FormerStage[]): readonly FormerStage[] {
  const byPlace = new Map<string, FormerStage>();
  for (const former of stages) {
    const place = `${former.stream}/${former.stage.durable}/${former.stage.lanes === undefined ? '' : 'lanes'}`;
    const known = byPlace.get(place);
    if (known === undefined) byPlace.set(place, former);
    else if ((former.stage.lanes ?? 0) > (known.stage.lanes ?? 0))
      byPlace.set(place, { ...known, stage: { ...known.stage, lanes: former.stage.lanes as number } });
  }
  return [...byPlace.values()];
}

/** Every JetStream consumer that a flow in this state has: those of its stages, then those of former ones. */
export function consumersOf({
  flow,
  retiring,
}: Pick<FlowRecord, 'flow' | 'retiring'>): readonly JetStreamConsumerSpec[] {
  const specs = [
    ...flow.stages.flatMap((stage) => stageConsumers(flow, stage)),
    ...retiring.flatMap(({ stream, stage }) => stageConsumers({ name: flow.name, stream }, stage)),
  ];
  return [...new Map(specs.toReversed().map((spec) => [consumerKey(spec), spec])).values()].toReversed();
}

export function consumerKey({ stream, name }: { readonly stream: string; readonly name: string }): string {
  return `${stream}/${name}`;
}

/** The subjects under which a flow's messages are stored: `flow.<name>.>`, and those of names it had before. */
export function subjectsOf({
  flow,
  retiring,
}: Pick<FlowRecord, 'flow' | 'retiring'>): readonly { readonly stream: string; readonly subject: string }[] {
  const own = { stream: flow.stream, subject: `flow.${flow.name}.>` };
  return [own, ...retiring.map(({ stream, stage }) => ({ stream, subject: flowSubject(stage.subject) }))];
}

/** `flow.orders.shape` → `flow.orders.>`. */
export function flowSubject(subject: string): string {
  return `${subject.split('.').slice(0, 2).join('.')}.>`;
}

/** Messages that wait in a former stage and in no current one. */
export function messagesLeft(
  { stage }: FormerStage,
  flow: CompiledFlow,
  counts: Readonly<Record<string, number>>,
): number {
  const current = new Set(
    flow.stages.flatMap((now) => stageConsumers(flow, now).map(({ filterSubject }) => filterSubject)),
  );
  const isOfStage = (subject: string) =>
    stage.lanes === undefined ? subject === stage.subject : subject.startsWith(`${stage.subject}.`);
  return Object.entries(counts)
    .filter(([subject]) => isOfStage(subject) && !current.has(subject))
    .reduce((sum, [, count]) => sum + count, 0);
}
