// What steps with expressions share: compiling what was checked before, and going on without a promise where none is needed.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { compileExpression, compileTemplate, type Expression, type Template } from '../expression/index.ts';
import { StepError } from './contract.ts';

/** Manifests are checked before they are applied: a failure here means that this engine is older than the one that checked. */
export function compileOrThrow(source: string): Expression {
  const { value, problems } = compileExpression(source);
  if (value === undefined)
    throw new VrskyError('VRS4001', `cannot compile ${JSON.stringify(source)}: ${problems[0]?.message}`);
  return value;
}

export function templateOrThrow(source: string): Template {
  const { value, problems } = compileTemplate(source);
  if (value === undefined)
    throw new VrskyError('VRS4001', `cannot compile ${JSON.stringify(source)}: ${problems[0]?.message}`);
  return value;
}

/** Evaluates and goes on with the value; synchronous unless the expression is not. Failures become StepErrors with their code. */
export function evaluateStep<T>(evaluate: () => unknown, then: (value: unknown) => T): T | Promise<T> {
  let value: unknown;
  try {
    value = evaluate();
  } catch (error) {
    throw asStepError(error);
  }
  if (!(value instanceof Promise)) return then(value);
  return value.then(then, (error: unknown) => {
    throw asStepError(error);
  });
}

export function asStepError(error: unknown): StepError {
  if (error instanceof StepError) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  return new StepError(typeof code === 'string' ? code : 'VRS9001', message, { cause: error });
}

/** Whether a result counts as true, as JSONata's $boolean says. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTruthy);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
