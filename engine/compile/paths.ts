// The paths that a message can take through a flow graph: one after another, at once, or instead of each other.
import type { FlowGraph, StepDefinition } from '../flow/graph.ts';

/** Every node that a step can hand a message to. */
export function successorsOf(step: StepDefinition): readonly string[] {
  const failed = step.onError.kind === 'to' ? step.onError.to : [];
  return [...new Set([...step.to, ...Object.keys(step.routeTargets ?? {}), ...failed])];
}

/** The sets of targets of which a step uses one per message: a message passes, is routed, or fails. */
export function alternatives(step: StepDefinition): readonly (readonly string[])[] {
  const failed = step.onError.kind === 'to' ? [step.onError.to] : [];
  if (step.routeTargets === undefined) return [step.to, ...failed];
  const routes = routeLists(step);
  return step.config.match === 'all' ? [routes.flat(), ...failed] : [...routes, ...failed];
}

/** The target lists of a route step's routes and of its `otherwise`. */
function routeLists(step: StepDefinition): readonly (readonly string[])[] {
  const routes = Array.isArray(step.config.routes)
    ? (step.config.routes as readonly { readonly to?: unknown }[])
    : [];
  const lists = [...routes.map((route) => route.to), step.config.otherwise];
  return lists.map((to) =>
    (Array.isArray(to) ? to : [to]).filter((name): name is string =>
      Object.hasOwn(step.routeTargets ?? {}, String(name)),
    ),
  );
}

/** Producers that one message can reach in several copies, because it takes several paths to them at once. */
export function copyingProducers(graph: FlowGraph): ReadonlySet<string> {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const entries = graph.consumers.map(({ to }) => to);
  const many = ({ name }: { readonly name: string }) => {
    const known = new Map([[name, 1]]);
    const arrivals = (node: string): number => {
      const before = known.get(node);
      if (before !== undefined) return before;
      const step = steps.get(node);
      const count = step === undefined ? 0 : Math.max(...alternatives(step).map(all), 0);
      known.set(node, count);
      return count;
    };
    const all = (nodes: readonly string[]) => sum(nodes.map(arrivals));
    return entries.some((nodes) => all(nodes) > 1);
  };
  return new Set(graph.producers.filter(many).map(({ name }) => name));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
