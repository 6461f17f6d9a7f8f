// What of a flow its tests have reached: steps, the outcomes of filters, routes, ways out after errors, producers.
import type { Range } from '../diagnostics/diagnostic.ts';
import type { FlowGraph, StepDefinition } from '../flow/graph.ts';
import type { CaseResult } from './run-case.ts';
import type { StepRecord } from './simulation/observed-steps.ts';

/** Something a test can reach. */
export interface CoverageItem {
  /** For people: `step parse`, `filter worth-it: passes`, `route by-country → norway`. */
  readonly name: string;
  /** Where it stands in the manifest of the flow. */
  readonly range: Range;
  readonly reached: boolean;
}

export interface FlowCoverage {
  readonly graph: FlowGraph;
  readonly items: readonly CoverageItem[];
}

/** One entry per flow that tests are about, by the order of the tests. */
export function coverageOf(results: readonly CaseResult[]): readonly FlowCoverage[] {
  const byGraph = Map.groupBy(results, ({ suite }) => suite.graph);
  return [...byGraph].map(([graph, ofFlow]) => {
    const reached = new Set(ofFlow.flatMap((result) => reachedIn(result, graph)));
    const items = itemsOf(graph).map(({ key, ...item }) => ({ ...item, reached: reached.has(key) }));
    return { graph, items };
  });
}

interface Item {
  readonly key: string;
  readonly name: string;
  readonly range: Range;
}

function itemsOf(graph: FlowGraph): readonly Item[] {
  const steps = graph.steps.flatMap((step, index) => {
    const range = graph.locate(['spec', 'steps', index, 'name']);
    return outcomesOf(step).map(([outcome, words]) => ({
      key: `${step.name} ${outcome}`,
      name: words === '' ? `step ${step.name}` : `${step.type} ${step.name}${words}`,
      range,
    }));
  });
  const producers = graph.producers.map(({ name }, index) => ({
    key: `${name} delivered`,
    name: `producer ${name}`,
    range: graph.locate(['spec', 'producers', index, 'name']),
  }));
  return [...steps, ...producers];
}

/** Each with what is said of it after the step's name. */
function outcomesOf(step: StepDefinition): readonly (readonly [outcome: string, words: string])[] {
  const outcomes: (readonly [string, string])[] = [['reached', '']];
  if (step.type === 'filter' || step.type === 'dedupe')
    outcomes.push(['pass', ': passes'], ['drop', ': filters']);
  if (step.type === 'enrich' && step.config.missing === 'drop')
    outcomes.push(['pass', ': finds something'], ['drop', ': finds nothing']);
  for (const target of Object.keys(step.routeTargets ?? {})) outcomes.push([`to ${target}`, ` → ${target}`]);
  if (step.routeTargets !== undefined && (step.config.otherwise ?? 'drop') === 'drop')
    outcomes.push(['drop', ' → drop']);
  if (step.onError.kind !== 'fail') outcomes.push(['error', ': fails']);
  return outcomes;
}

function reachedIn({ result }: CaseResult, graph: FlowGraph): readonly string[] {
  if (result === undefined) return [];
  const names = new Set(graph.producers.map(({ name }) => name));
  return [
    ...result.steps.flatMap((record) => keysOf(record)),
    ...result.endings.flatMap((ending) =>
      ending.kind === 'delivered' && names.has(ending.producer) ? [`${ending.producer} delivered`] : [],
    ),
  ];
}

function keysOf({ step, outcome }: StepRecord): readonly string[] {
  const reached = `${step} reached`;
  return outcome.kind === 'route'
    ? [reached, ...outcome.to.map((target) => `${step} to ${target}`)]
    : [reached, `${step} ${outcome.kind}`];
}
