// map: replaces the payload by the result of a JSONata expression.
import { type Message, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { MapConfig } from './config.gen.ts';
import { type PureStepType, StepError, type StepResult } from './contract.ts';
import { compileOrThrow, evaluateOver } from './expression-step.ts';

/** The new payload is JSON, a text that the expression gives too. Nothing at all is a failure, never an empty message. */
export const map: PureStepType<MapConfig> = {
  type: 'map',
  compile: ({ expression: source }) => {
    const expression = compileOrThrow(source);
    return (message) => evaluateOver(expression, message, (value) => replaced(message, value));
  },
};

function replaced(message: Message, value: unknown): StepResult {
  if (value !== undefined) return { kind: 'pass', message: withPayload(message, Payload.ofValue(value)) };
  throw new StepError('VRS4102', `The expression came to nothing; ${advice(message.payload)}`);
}

/** Most often it is the format: a text or bytes have no fields. */
function advice(payload: Payload): string {
  if (typeof payload.value() === 'object' && !(payload.value() instanceof Uint8Array))
    return 'leave such messages out with a filter before, or give a value for that case';
  return `the payload is no object but ${payload.contentType}: is a convert step missing before?`;
}
