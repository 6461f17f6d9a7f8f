// Random edits of a set of flows, as people make them: added, removed, renamed, rewired, ordered.
import { graphOf, step } from '../../../engine/compile/sample-graph.ts';
import type { Durability, FlowGraph } from '../../../engine/flow/graph.ts';

/** What a flow of the property test is made of. */
export interface FlowModel {
  readonly name: string;
  readonly renamedFrom?: string;
  /** In a chain; `durable` ones begin a stage. */
  readonly steps: readonly {
    readonly name: string;
    readonly expression: string;
    readonly durable: boolean;
  }[];
  readonly producers: readonly string[];
  readonly lanes?: number;
  readonly stream: 'shared' | 'dedicated';
  readonly durability: Exclude<Durability, 'durable'>;
}

export type Random = () => number;

const names = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox'];
const stepNames = ['parse', 'shape', 'check'];
const producerNames = ['left', 'right', 'third'];

export function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}

export function graphsOf(flows: readonly FlowModel[]): readonly FlowGraph[] {
  return flows.map((flow) => {
    const chain = [...flow.steps.map(({ name }) => [name]), [...flow.producers]];
    const steps = flow.steps.map(({ name, expression, durable }, index) =>
      step(name, 'map', chain[index + 1] as string[], { config: { expression }, durable }),
    );
    return graphOf(flow.name, chain[0] as string[], steps, flow.producers, {
      stream: flow.stream,
      durability: flow.durability,
      ...(flow.renamedFrom === undefined ? {} : { renamedFrom: flow.renamedFrom }),
      ...(flow.lanes === undefined ? {} : { ordering: { key: 'id', lanes: flow.lanes } }),
    });
  });
}

/**
 * One more edit. A rename stands in the manifest until the next edit of that flow. `applied` are the flows before the first of the
 * edits: one that goes and another that comes under its name at once would be taken for a change, which may have to be refused.
 */
export function edit(
  flows: readonly FlowModel[],
  applied: readonly FlowModel[],
  random: Random,
): readonly FlowModel[] {
  const taken = new Set([...flows, ...applied].flatMap(({ name, renamedFrom }) => [name, renamedFrom]));
  const free = names.filter((name) => !taken.has(name));
  const victim = flows.length === 0 ? undefined : pick(flows, random);
  if (victim === undefined || (free.length > 0 && random() < 0.25))
    return free.length === 0 ? flows : [...flows, newFlow(pick(free, random), random)];
  const others = flows.filter((flow) => flow !== victim);
  if (random() < 0.2 && others.length > 0) return others;
  if (random() < 0.2 && free.length > 0) return [...others, renamed(victim, pick(free, random), random)];
  const { renamedFrom: _done, ...settled } = victim;
  return [...others, changed(settled, random)];
}

function newFlow(name: string, random: Random): FlowModel {
  return {
    name,
    steps: stepNames.filter(() => random() < 0.5).map((step) => newStep(step, random)),
    producers: [pick(producerNames, random)],
    stream: random() < 0.2 ? 'dedicated' : 'shared',
    durability: random() < 0.2 ? 'memory' : 'standard',
  };
}

function newStep(name: string, random: Random): FlowModel['steps'][number] {
  return { name, expression: String(Math.floor(random() * 100)), durable: random() < 0.4 };
}

/** With another name it may also move to another stream. */
function renamed(flow: FlowModel, name: string, random: Random): FlowModel {
  const { stream, durability } = random() < 0.5 ? flow : newFlow(name, random);
  return { ...flow, name, renamedFrom: flow.name, stream, durability };
}

function changed(flow: FlowModel, random: Random): FlowModel {
  const dice = random();
  if (dice < 0.3) return { ...flow, steps: flow.steps.map(({ name }) => newStep(name, random)) };
  if (dice < 0.5)
    return { ...flow, steps: stepNames.filter(() => random() < 0.5).map((name) => newStep(name, random)) };
  if (dice < 0.8) {
    const producers = producerNames.filter(() => random() < 0.5);
    return { ...flow, producers: producers.length === 0 ? ['left'] : producers };
  }
  const { lanes, ...unordered } = flow;
  return lanes === undefined || random() < 0.5 ? { ...flow, lanes: 1 + Math.floor(random() * 3) } : unordered;
}
