// What steps with expressions share: compiling what was checked before, and evaluating it without a promise where none is needed.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import {
  type Compiled,
  compileRules,
  compileTemplate,
  type Expression,
  keptExpression,
  type Rules,
  readsBindings,
  readsInput,
  type Template,
  templateReadsInput,
} from '../expression/index.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import { StepError } from './contract.ts';

/** Manifests are checked before they are applied: a failure here means that this engine is older than the one that checked. */
export function compileOrThrow(source: string): Expression {
  return valueOrThrow(source, keptExpression(source));
}

export function templateOrThrow(source: string): Template {
  return valueOrThrow(source, compileTemplate(source));
}

export function rulesOrThrow(rules: unknown): Rules {
  return valueOrThrow(rules, compileRules(rules));
}

function valueOrThrow<Value>(source: unknown, { value, problems }: Compiled<Value>): Value {
  if (value !== undefined) return value;
  const [problem] = problems;
  throw new VrskyError(
    problem?.code ?? 'VRS4001',
    `cannot compile ${JSON.stringify(source)}: ${problem?.message}`,
  );
}

/** Evaluates over the message's payload and goes on with the answer; synchronous unless the expression is not. Throws StepError. */
export function evaluateOver<Result>(
  expression: Expression | Template,
  message: Message,
  then: (value: unknown) => Result | Promise<Result>,
): Result | Promise<Result> {
  let value: unknown;
  try {
    const reads = readsOf(expression);
    const input = reads.input ? expressionInput(message) : undefined;
    const bindings = reads.bindings ? expressionBindings(message) : undefined;
    value =
      'evaluate' in expression ? expression.evaluate(input, bindings) : expression.render(input, bindings);
  } catch (error) {
    throw asStepError(error);
  }
  if (!(value instanceof Promise)) return then(value);
  return value.then(then, (error: unknown) => {
    throw asStepError(error);
  });
}

/** What is about headers and ids only leaves the payload undecoded, and a stream a stream. */
interface Reads {
  readonly input: boolean;
  readonly bindings: boolean;
}

const known = new WeakMap<Expression | Template, Reads>();

function readsOf(expression: Expression | Template): Reads {
  const before = known.get(expression);
  if (before !== undefined) return before;
  const { source } = expression;
  const input = 'evaluate' in expression ? readsInput(source) : templateReadsInput(source);
  const reads = { input, bindings: readsBindings(source) };
  known.set(expression, reads);
  return reads;
}

/** The payload as expressions see it: bytes are nothing to them. */
export function expressionInput({ payload }: Message): unknown {
  const value = payload.value();
  return value instanceof Uint8Array ? undefined : value;
}

/** Keeps registered codes (formats, templates); a code of the language itself goes into the message of VRS4103. */
export function asStepError(error: unknown): StepError {
  if (error instanceof StepError) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  if (typeof code !== 'string') return new StepError('VRS9001', message, { cause: error });
  if (code.startsWith('VRS')) return new StepError(code, message, { cause: error });
  return new StepError('VRS4103', `The expression failed: ${message} (${code})`, { cause: error });
}

/** Whether a result counts as true, as JSONata's $boolean says. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTruthy);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
