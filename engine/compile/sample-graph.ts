// Builds flow graphs for tests of the compiler: steps and producers by name, wiring in a line each.
import type { FlowGraph, OnErrorDefinition, StepDefinition } from '../flow/graph.ts';
import { batchOf, breakerOf } from '../flow/policies.ts';

const nowhere = { line: 1, column: 1, offset: 0 };

/** A step; `to` names its targets. */
export function step(
  name: string,
  type: string,
  to: readonly string[],
  more: Partial<StepDefinition> = {},
): StepDefinition {
  const onError: OnErrorDefinition = { kind: 'fail' };
  return { name, type, config: {}, to, onError, durable: false, ...more };
}

/** A route step over `[target, target, …]`, each under a condition. */
export function route(
  name: string,
  targets: readonly string[],
  match: 'first' | 'all' = 'first',
): StepDefinition {
  const routes = targets.map((to) => ({ when: 'true', to }));
  const routeTargets = Object.fromEntries(targets.map((to) => [to, 'when' as const]));
  return step(name, 'route', [], { config: { routes, match }, routeTargets });
}

/** A flow with one consumer `in` that leads to `entry`. */
export function graphOf(
  name: string,
  entry: readonly string[],
  steps: readonly StepDefinition[],
  producers: readonly string[],
  more: Partial<FlowGraph> = {},
): FlowGraph {
  return {
    tenant: 'default',
    name,
    labels: {},
    file: `${name}.yaml`,
    durability: 'standard',
    stream: 'shared',
    limits: { maxMessages: 500_000, maxBytes: 1 << 30 },
    delivery: {
      attempts: 8,
      backoff: { initialMs: 1000, factor: 2, maxMs: 300_000 },
      deadlineMs: 86_400_000,
    },
    consumers: [{ name: 'in', type: 'http', config: {}, to: entry }],
    steps,
    producers: producers.map((producer) => ({
      name: producer,
      type: 'log',
      config: {},
      batch: batchOf(),
      breaker: breakerOf(),
    })),
    locate: () => ({ start: nowhere, end: nowhere }),
    ...more,
  };
}
