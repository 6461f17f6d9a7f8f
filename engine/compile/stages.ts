// Cuts a flow graph at its boundaries into stages, each with everything a worker needs to run it.
import type { ConsumerDefinition, FlowGraph, ProducerDefinition, StepDefinition } from '../flow/graph.ts';
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
  const builder = new StageBuilder(graph, boundaries);
  return {
    consumers: graph.consumers.map((consumer) => builder.consumer(consumer)),
    stages: [...boundaries].map(([entry, reason]) => builder.stage(entry, reason)),
  };
}

class StageBuilder {
  readonly #graph: FlowGraph;
  readonly #boundaries: Boundaries;
  readonly #steps: ReadonlyMap<string, StepDefinition>;
  readonly #producers: ReadonlyMap<string, ProducerDefinition>;
  readonly #meeting: MeetingTargets;

  constructor(graph: FlowGraph, boundaries: Boundaries) {
    this.#graph = graph;
    this.#boundaries = boundaries;
    this.#steps = new Map(graph.steps.map((step) => [step.name, step]));
    this.#producers = new Map(graph.producers.map((producer) => [producer.name, producer]));
    this.#meeting = meetingTargets(graph);
  }

  stage(entry: string, reason: StageReason): Stage {
    const { lanes, ...waiting } = this.#waitingAt(entry);
    return {
      name: entry,
      reason,
      subject: stageSubject(this.#graph.name, entry),
      durable: stageDurable(this.#graph.name, entry),
      ...(lanes === undefined ? {} : { lanes }),
      ...waiting,
      entry,
      nodes: this.#nodesFrom(entry),
    };
  }

  consumer({ name, type, config, to }: ConsumerDefinition): ConsumerNode {
    const copies = new Set(this.#meeting(to));
    const stages = to.map((stage) => ({ ...this.#addressOf(stage), ...copyMark(copies, stage) }));
    return { name, type, config, stages };
  }

  #waitingAt(entry: string): Waiting {
    const node = { step: this.#steps.get(entry), producer: this.#producers.get(entry) };
    return waitingOf(this.#graph, node, this.#boundaries.get(entry));
  }

  #addressOf(stage: string): StageAddress {
    const { lanes } = this.#waitingAt(stage);
    return {
      stage,
      subject: stageSubject(this.#graph.name, stage),
      ...(lanes === undefined ? {} : { lanes }),
    };
  }

  #nodesFrom(entry: string): Readonly<Record<string, StageNode>> {
    const inStage = new Set([entry]);
    const nodes: Record<string, StageNode> = {};
    for (const name of inStage) {
      const step = this.#steps.get(name);
      if (step === undefined) {
        nodes[name] = producerNode(this.#producers.get(name) as ProducerDefinition);
        continue;
      }
      nodes[name] = this.#stepNode(step);
      for (const next of successorsOf(step)) if (!this.#boundaries.has(next)) inStage.add(next);
    }
    return nodes;
  }

  #stepNode(step: StepDefinition): StepNode {
    // A target that meets others in one alternative is marked in all: an id of its own hurts nobody.
    const copies = new Set(alternatives(step).flatMap(this.#meeting));
    const target = (name: string): Target =>
      this.#boundaries.has(name)
        ? { kind: 'stage', ...this.#addressOf(name), ...copyMark(copies, name) }
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
