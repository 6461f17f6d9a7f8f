// filter: lets messages pass that meet a condition, by rules or by JSONata.
import { readsBindings } from '../expression/index.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import type { FilterConfig } from './config.gen.ts';
import type { PureStepType, StepResult, StepRun } from './contract.ts';
import {
  asStepError,
  compileOrThrow,
  evaluateOver,
  expressionInput,
  isTruthy,
  rulesOrThrow,
} from './expression-step.ts';

/** Exactly one of the two, as the schema demands. */
export const filter: PureStepType<FilterConfig> = {
  type: 'filter',
  compile: ({ rules, when }) => (when === undefined ? byRules(rules) : byCondition(when)),
};

function byCondition(when: string): StepRun {
  const condition = compileOrThrow(when);
  const dropped = drop(`not ${when.trim()}`);
  return (message) =>
    evaluateOver(condition, message, (value) => (isTruthy(value) ? pass(message) : dropped));
}

function byRules(rules: unknown): StepRun {
  const predicate = rulesOrThrow(rules);
  const text = JSON.stringify(rules);
  const dropped = drop(`rules not met: ${text}`);
  const bindings = readsBindings(text) ? expressionBindings : () => undefined;
  return (message) => {
    try {
      const holds = predicate.evaluate(expressionInput(message), bindings(message));
      return holds ? pass(message) : dropped;
    } catch (error) {
      throw asStepError(error);
    }
  };
}

/** One object for every message that is dropped: the reason never changes. */
function drop(reason: string): StepResult {
  return { kind: 'drop', reason: reason.length > 200 ? `${reason.slice(0, 199)}…` : reason };
}

function pass(message: Message): StepResult {
  return { kind: 'pass', message };
}
