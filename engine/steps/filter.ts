// filter: lets messages pass that meet a condition, by rules or by JSONata.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { compileRules } from '../expression/index.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import type { StepResult, StepRun, StepType } from './contract.ts';
import { asStepError, compileOrThrow, evaluateStep, isTruthy } from './expression-step.ts';

export interface FilterConfig {
  readonly rules?: unknown;
  readonly when?: string;
}

export const filter: StepType<FilterConfig> = {
  type: 'filter',
  compile: ({ rules, when }) => (when === undefined ? byRules(rules) : byCondition(when)),
};

function byCondition(when: string): StepRun {
  const condition = compileOrThrow(when);
  const dropped: StepResult = { kind: 'drop', reason: `not ${when.trim()}` };
  return (message) =>
    evaluateStep(
      () => condition.evaluate(message.payload.value(), expressionBindings(message)),
      (value) => (isTruthy(value) ? pass(message) : dropped),
    );
}

function byRules(rules: unknown): StepRun {
  const { value: predicate, problems } = compileRules(rules);
  if (predicate === undefined)
    throw new VrskyError('VRS4001', `cannot compile rules: ${problems[0]?.message}`);
  const dropped: StepResult = {
    kind: 'drop',
    reason: `rules not met: ${JSON.stringify(rules).slice(0, 200)}`,
  };
  return (message) => {
    try {
      return predicate.evaluate(message.payload.value(), expressionBindings(message))
        ? pass(message)
        : dropped;
    } catch (error) {
      throw asStepError(error);
    }
  };
}

function pass(message: Message): StepResult {
  return { kind: 'pass', message };
}
