// Cuts a flow graph at its boundaries into stages, each with everything a worker needs to run it.
import type { ConsumerDefinition, FlowGraph, ProducerDefinition, StepDefinition } from '../flow/graph.ts';
import { alternatives, type Boundaries, successorsOf } from './boundaries.ts';
import { meetingTargets } from './copies.ts';
import type {
  ConsumerNode,
  CopyTarget,
  OnError,
  ProducerNode,
  Stage,
  StageAddress,
  StageNode,
  StageReason,
  StepNode,
  Target,
} from './program.ts';
import { type Waiting, waitingOf } from './waiting.ts';

/** The subject that messages for a stage are stored under. */
export function stageSubject(flow: string, stage: string): string {
  return `flow.${flow}.${stage}`;
}

/** The durable name of a stage's JetStream consumer. Names hold no underscore, so it is unambiguous. */
export function stageDurable(flow: string, stage: string): string {
  return `${flow}_${stage}`;
}

/** The stages of a flow, and its consumers with the stages that their messages are stored for. */
export function buildStages(
  graph: FlowGraph,
  boundaries: Boundaries,
): { readonly consumers: readonly ConsumerNode[]; readonly stages: readonly Stage[] } {
  const { stageFrom, consumerNode } = partsOf(graph, boundaries);
  return {
    consumers: graph.consumers.map(consumerNode),
    stages: [...boundaries].map(([entry, reason]) => stageFrom(entry, reason)),
  };
}

/** What makes the parts of a program of one flow; its nodes are looked up by name once for all of them. */
function partsOf(graph: FlowGraph, boundaries: Boundaries) {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const producers = new Map(graph.producers.map((producer) => [producer.name, producer]));
  const meeting = meetingTargets(graph);

  function stageFrom(entry: string, reason: StageReason): Stage {
    const { lanes, ...waiting } = waitingAt(entry);
    return {
      name: entry,
      reason,
      subject: stageSubject(graph.name, entry),
      durable: stageDurable(graph.name, entry),
      ...(lanes === undefined ? {} : { lanes }),
      ...waiting,
      entry,
      nodes: nodesFrom(entry),
    };
  }

  function consumerNode({ name, type, config, to }: ConsumerDefinition): ConsumerNode {
    const copies = new Set(meeting(to));
    const stages = to.map((stage) => ({ ...addressOf(stage), ...copyMark(copies, stage) }));
    return { name, type, config, stages };
  }

  function waitingAt(entry: string): Waiting {
    const node = { step: steps.get(entry), producer: producers.get(entry) };
    return waitingOf(graph, node, boundaries.get(entry));
  }

  function addressOf(stage: string): StageAddress {
    const { lanes } = waitingAt(stage);
    return { stage, subject: stageSubject(graph.name, stage), ...(lanes === undefined ? {} : { lanes }) };
  }

  function nodesFrom(entry: string): Readonly<Record<string, StageNode>> {
    const inStage = new Set([entry]);
    const nodes: Record<string, StageNode> = {};
    for (const name of inStage) {
      const step = steps.get(name);
      if (step === undefined) {
        nodes[name] = producerNode(producers.get(name) as ProducerDefinition);
        continue;
      }
      nodes[name] = stepNode(step);
      for (const next of successorsOf(step)) if (!boundaries.has(next)) inStage.add(next);
    }
    return nodes;
  }

  function stepNode(step: StepDefinition): StepNode {
    // A target that meets others in one alternative is marked in all.
    const copies = new Set(alternatives(step).flatMap(meeting));
    const target = (name: string): Target =>
      boundaries.has(name)
        ? { kind: 'stage', ...addressOf(name), ...copyMark(copies, name) }
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

  return { stageFrom, consumerNode };
}

function producerNode({ name, type, config, batch, breaker, link }: ProducerDefinition): ProducerNode {
  return { kind: 'producer', name, type, config, batch, breaker, ...(link === undefined ? {} : { link }) };
}

function copyMark(copies: ReadonlySet<string>, target: string): CopyTarget {
  return copies.has(target) ? { copy: true } : {};
}

function onErrorOf(step: StepDefinition, target: (name: string) => Target): OnError {
  return step.onError.kind === 'to' ? { kind: 'to', targets: step.onError.to.map(target) } : step.onError;
}
