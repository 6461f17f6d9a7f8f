// route: sends a message to named steps or producers by conditions.
import type { Expression } from '../expression/index.ts';
import type { Message } from '../payload/message.ts';
import type { RouteConfig } from './config.gen.ts';
import type { PureStepType, StepResult, StepRun } from './contract.ts';
import { compileOrThrow, evaluateOver, isTruthy } from './expression-step.ts';

interface Route {
  readonly condition: Expression;
  readonly to: readonly string[];
}

interface Plan {
  readonly routes: readonly Route[];
  readonly all: boolean;
  readonly otherwise: readonly string[];
}

const noTargets: readonly string[] = [];
const dropped: StepResult = { kind: 'drop', reason: 'no route took it' };

/** Conditions are asked in order; with `match: first` the first that holds ends it. A target is named once however many routes lead there. */
export const route: PureStepType<RouteConfig> = {
  type: 'route',
  compile: (config): StepRun => {
    const plan: Plan = {
      routes: config.routes.map(({ when, to }) => ({ condition: compileOrThrow(when), to: listOf(to) })),
      all: config.match === 'all',
      // `drop` is no name but the word for what happens without one.
      otherwise: listOf(config.otherwise ?? noTargets).filter((name) => name !== 'drop'),
    };
    return (message) => take(plan, 0, noTargets, message);
  },
};

/** Asks the routes from `index` on; a promise only when a condition answers one. */
function take(
  plan: Plan,
  index: number,
  taken: readonly string[],
  message: Message,
): StepResult | Promise<StepResult> {
  const route = plan.routes[index];
  if (route === undefined || (taken.length > 0 && !plan.all)) return settled(plan, taken, message);
  return evaluateOver(route.condition, message, (value) =>
    take(plan, index + 1, isTruthy(value) ? union(taken, route.to) : taken, message),
  );
}

function settled(plan: Plan, taken: readonly string[], message: Message): StepResult {
  const to = taken.length > 0 ? taken : plan.otherwise;
  return to.length > 0 ? { kind: 'route', message, to } : dropped;
}

function union(taken: readonly string[], more: readonly string[]): readonly string[] {
  return taken.length === 0 ? [...new Set(more)] : [...new Set([...taken, ...more])];
}

function listOf(to: string | readonly string[]): readonly string[] {
  return typeof to === 'string' ? [to] : to;
}
