// What becomes plain data on its way out, as templates for `fresh`. They use their parameters only.
import type { Evaluator } from '../evaluator.ts';

type Spend = (bytes: number) => void;

export const output =
  (evaluate: Evaluator, toPlain: (value: unknown) => unknown, spend: Spend): Evaluator =>
  (input, frame) => {
    const value = evaluate(input, frame);
    if (typeof value === 'object' || typeof value === 'function') return toPlain(value);
    if (typeof value === 'string') spend(value.length);
    return value;
  };

/** A list of objects that are plain already. */
export const outputList =
  (evaluate: Evaluator, spend: Spend): Evaluator =>
  (input, frame) => {
    const value = evaluate(input, frame);
    if (Array.isArray(value)) spend(value.length + 2);
    return value;
  };
