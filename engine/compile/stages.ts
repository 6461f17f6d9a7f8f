// Cuts a flow graph at its boundaries into stages, each with everything a worker needs to run it.
import type { FlowGraph, ProducerDefinition, StepDefinition } from '../flow/graph.ts';
import { alternatives, type Boundaries, successorsOf } from './boundaries.ts';
import { type MeetingTargets, meetingTargets } from './copies.ts';
import type {
  ConsumerNode,
  CopyTarget,
  OnError,
  ProducerNode,
  Stage,
  StageAddress,
  StageNode,
  StepNode,
  Target,
} from './program.ts';
import { waitingOf } from './waiting.ts';

/** The subject that messages for a stage are stored under. */
export function stageSubject(flow: string, stage: string): string {
  return `flow.${flow}.${stage}`;
}

/** The durable name of a stage's JetStream consumer. Names hold no underscore, so it is unambiguous. */
export function stageDurable(flow: string, stage: string): string {
  return `${flow}_${stage}`;
}

export function buildStages(graph: FlowGraph, boundaries: Boundaries): readonly Stage[] {
  const meeting = meetingTargets(graph);
  return [...boundaries].map(([entry, reason]) => {
    const { lanes, ...waiting } = waitingOf(graph, entry, boundaries);
    return {
      name: entry,
      reason,
      subject: stageSubject(graph.name, entry),
      durable: stageDurable(graph.name, entry),
      ...(lanes === undefined ? {} : { lanes }),
      ...waiting,
      entry,
      nodes: nodesOf(graph, entry, boundaries, meeting),
    };
  });
}

/** The flow's consumers with the stages their messages are stored for. */
export function buildConsumers(graph: FlowGraph, boundaries: Boundaries): readonly ConsumerNode[] {
  const meeting = meetingTargets(graph);
  return graph.consumers.map(({ name, type, config, to }) => {
    const copies = new Set(meeting(to));
    const stages = to.map((stage) => ({
      ...addressOf(graph, stage, boundaries),
      ...copyMark(copies, stage),
    }));
    return { name, type, config, stages };
  });
}

function addressOf(graph: FlowGraph, stage: string, boundaries: Boundaries): StageAddress {
  const { lanes } = waitingOf(graph, stage, boundaries);
  return {
    stage,
    subject: stageSubject(graph.name, stage),
    ...(lanes === undefined ? {} : { lanes }),
  };
}

function nodesOf(
  graph: FlowGraph,
  entry: string,
  boundaries: Boundaries,
  meeting: MeetingTargets,
): Readonly<Record<string, StageNode>> {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const producers = new Map(graph.producers.map((producer) => [producer.name, producer]));
  const inStage = new Set([entry]);
  const nodes: Record<string, StageNode> = {};
  for (const name of inStage) {
    const step = steps.get(name);
    if (step === undefined) {
      nodes[name] = producerNode(producers.get(name) as ProducerDefinition);
      continue;
    }
    nodes[name] = stepNode(graph, step, boundaries, meeting);
    for (const next of successorsOf(step)) if (!boundaries.has(next)) inStage.add(next);
  }
  return nodes;
}

function producerNode({ name, type, config, batch, breaker, link }: ProducerDefinition): ProducerNode {
  return { kind: 'producer', name, type, config, batch, breaker, ...(link === undefined ? {} : { link }) };
}

function stepNode(
  graph: FlowGraph,
  step: StepDefinition,
  boundaries: Boundaries,
  meeting: MeetingTargets,
): StepNode {
  // A target that meets others in one alternative is marked in all: an id of its own hurts nobody.
  const copies = new Set(alternatives(step).flatMap(meeting));
  const target = (name: string): Target =>
    boundaries.has(name)
      ? { kind: 'stage', ...addressOf(graph, name, boundaries), ...copyMark(copies, name) }
      : { kind: 'node', node: name, ...copyMark(copies, name) };
  const routes = Object.keys(step.routeTargets ?? {}).map((name) => [name, target(name)] as const);
  return {
    kind: 'step',
    name: step.name,
    type: step.type,
    config: step.config,
    to: step.to.map(target),
    ...(step.routeTargets === undefined ? {} : { routes: Object.fromEntries(routes) }),
    onError: onErrorOf(step, target),
  };
}

function copyMark(copies: ReadonlySet<string>, target: string): CopyTarget {
  return copies.has(target) ? { copy: true } : {};
}

function onErrorOf(step: StepDefinition, target: (name: string) => Target): OnError {
  return step.onError.kind === 'to' ? { kind: 'to', targets: step.onError.to.map(target) } : step.onError;
}
