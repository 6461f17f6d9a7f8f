// route: sends a message to named steps or producers by conditions.

import type { Expression } from '../expression/index.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import type { StepResult, StepType } from './contract.ts';
import { compileOrThrow, evaluateStep, isTruthy } from './expression-step.ts';

export interface RouteConfig {
  readonly routes: readonly { readonly when: string; readonly to: string | readonly string[] }[];
  readonly match?: 'first' | 'all';
  readonly otherwise?: string | readonly string[];
}

interface Route {
  readonly condition: Expression;
  readonly to: readonly string[];
}

/** The word that says: filter what no route takes. */
const drop = 'drop';

export const route: StepType<RouteConfig> = {
  type: 'route',
  compile: (config) => {
    const routes = config.routes.map(
      ({ when, to }): Route => ({ condition: compileOrThrow(when), to: listOf(to) }),
    );
    const otherwise =
      config.otherwise === undefined ? [] : listOf(config.otherwise).filter((name) => name !== drop);
    const all = config.match === 'all';
    return (message) => take(routes, 0, [], all, otherwise, message);
  },
};

/** Tries routes from `index` on; a promise only when a condition answers one. */
function take(
  routes: readonly Route[],
  index: number,
  taken: readonly string[],
  all: boolean,
  otherwise: readonly string[],
  message: Message,
): StepResult | Promise<StepResult> {
  const next = routes[index];
  if (next === undefined || (taken.length > 0 && !all)) return resultOf(taken, otherwise, message);
  return evaluateStep(
    () => next.condition.evaluate(message.payload.value(), expressionBindings(message)),
    (value) => {
      const more = isTruthy(value) ? [...taken, ...next.to.filter((name) => !taken.includes(name))] : taken;
      return take(routes, index + 1, more, all, otherwise, message) as StepResult;
    },
  );
}

function resultOf(taken: readonly string[], otherwise: readonly string[], message: Message): StepResult {
  const to = taken.length > 0 ? taken : otherwise;
  return to.length > 0 ? { kind: 'route', message, to } : { kind: 'drop', reason: 'no route took it' };
}

function listOf(to: string | readonly string[]): readonly string[] {
  return typeof to === 'string' ? [to] : to;
}
