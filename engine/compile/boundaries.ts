// Decides where messages are stored between steps: at ingress, after a split, before each of several producers, on request.
import type { FlowGraph, StepDefinition } from '../flow/graph.ts';
import type { StageReason } from './program.ts';

export type Boundaries = ReadonlyMap<string, StageReason>;

/** Steps that make messages wait. */
const waits: ReadonlySet<string> = new Set(['aggregate', 'delay', 'throttle']);

/** The nodes that stages begin at, in the order of the manifest, with the reason. */
export function findBoundaries(graph: FlowGraph): Boundaries {
  const found = new Map<string, StageReason>();
  for (const consumer of graph.consumers) for (const target of consumer.to) found.set(target, 'ingress');
  for (const step of graph.steps) {
    if (step.durable && !found.has(step.name)) found.set(step.name, 'durable');
    if (waits.has(step.type) && !found.has(step.name)) found.set(step.name, 'wait');
    if (step.type !== 'split' && step.type !== 'aggregate') continue;
    for (const target of step.to) if (!found.has(target)) found.set(target, step.type);
  }
  for (const { name, throttle } of graph.producers)
    if (throttle !== undefined && !found.has(name)) found.set(name, 'wait');
  const walk = stageWalk(graph, found);
  for (const entry of [...found.keys()]) {
    if (walk.outputs(entry) > 1) for (const producer of walk.producers(entry)) found.set(producer, 'fan-out');
  }
  return inManifestOrder(graph, found);
}

/** The most messages, stored or delivered, that one message can become in one stage: all of them are made in one go. */
export function mostOutputs(graph: FlowGraph, boundaries: Boundaries): number {
  const walk = stageWalk(graph, boundaries);
  return Math.max(0, ...[...boundaries.keys()].map(walk.outputs));
}

/** Every node that a step can hand a message to. */
export function successorsOf(step: StepDefinition): readonly string[] {
  const failed = step.onError.kind === 'to' ? step.onError.to : [];
  return [...new Set([...step.to, ...Object.keys(step.routeTargets ?? {}), ...failed])];
}

/** Questions about the part of the graph that one stage would hold; each node is visited once however many paths lead to it. */
function stageWalk(graph: FlowGraph, boundaries: Boundaries) {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const known = new Map<string, number>();

  /** The most outputs (deliveries plus stored messages) that one message entering here can have within the stage. */
  function outputs(node: string): number {
    const step = steps.get(node);
    if (step === undefined) return 1;
    const before = known.get(node);
    if (before !== undefined) return before;
    const count = Math.max(
      0,
      ...alternatives(step).map((targets) => sum([...new Set(targets)].map(through))),
    );
    known.set(node, count);
    return count;
  }

  function through(target: string): number {
    return boundaries.has(target) ? 1 : outputs(target);
  }

  function producers(entry: string): readonly string[] {
    const reached = new Set<string>([entry]);
    for (const node of reached) {
      const step = steps.get(node);
      if (step === undefined) continue;
      for (const next of successorsOf(step)) if (!boundaries.has(next)) reached.add(next);
    }
    return [...reached].filter((node) => !steps.has(node));
  }

  return { outputs, producers };
}

/** The sets of targets of which a step uses one per message: a message passes, is routed, or fails. */
export function alternatives(step: StepDefinition): readonly (readonly string[])[] {
  const failed = step.onError.kind === 'to' ? [step.onError.to] : [];
  if (step.routeTargets === undefined) return [step.to, ...failed];
  const { routes, otherwise, match } = step.config;
  const listOf = (to: unknown) => targetsIn(step, to);
  const taken = (Array.isArray(routes) ? (routes as readonly { readonly to?: unknown }[]) : []).map(
    ({ to }) => listOf(to),
  );
  return [...(match === 'all' ? [taken.flat()] : taken), listOf(otherwise), ...failed];
}

/** The names in a field of a route step that are targets: one, or a list. */
function targetsIn(step: StepDefinition, to: unknown): readonly string[] {
  return (Array.isArray(to) ? to : [to]).filter((name): name is string =>
    Object.hasOwn(step.routeTargets ?? {}, String(name)),
  );
}

function inManifestOrder(graph: FlowGraph, found: Boundaries): Boundaries {
  const names = [...graph.steps, ...graph.producers].map((node) => node.name);
  return new Map(
    names.flatMap((name) => (found.has(name) ? [[name, found.get(name) as StageReason] as const] : [])),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
