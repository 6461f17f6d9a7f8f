// map: replaces the payload by the result of a JSONata expression.
import { expressionBindings, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { StepError, type StepResult, type StepType } from './contract.ts';
import { compileOrThrow, evaluateStep } from './expression-step.ts';

export interface MapConfig {
  readonly expression: string;
}

export const map: StepType<MapConfig> = {
  type: 'map',
  compile: ({ expression: source }) => {
    const expression = compileOrThrow(source);
    return (message) =>
      evaluateStep(
        () => expression.evaluate(message.payload.value(), expressionBindings(message)),
        (value): StepResult => {
          if (value === undefined)
            throw new StepError(
              'VRS4102',
              'the expression came to nothing; filter such messages before, or give a value with `?:`',
            );
          return { kind: 'pass', message: withPayload(message, Payload.ofValue(value)) };
        },
      );
  },
};
