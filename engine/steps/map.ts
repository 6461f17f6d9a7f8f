// map: replaces the payload by the result of a JSONata expression.
import { type Message, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { StepError, type StepResult, type StepType } from './contract.ts';
import { compileOrThrow, evaluateOver } from './expression-step.ts';

export interface MapConfig {
  readonly expression: string;
}

/** The new payload is JSON, a text that the expression gives too. Nothing at all is a failure, never an empty message. */
export const map: StepType<MapConfig> = {
  type: 'map',
  compile: ({ expression: source }) => {
    const expression = compileOrThrow(source);
    return (message) => evaluateOver(expression, message, (value) => replaced(message, value));
  },
};

function replaced(message: Message, value: unknown): StepResult {
  if (value !== undefined) return { kind: 'pass', message: withPayload(message, Payload.ofValue(value)) };
  throw new StepError(
    'VRS4102',
    'The expression came to nothing; leave such messages out with a filter before, or give a value for that case',
  );
}
