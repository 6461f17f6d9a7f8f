// The step types of the engine, watched: what each step got, what it made of it, how long it took.
import type { Message } from '../../payload/message.ts';
import type { StepTypes } from '../../runtime/stage-program.ts';
import type { StepResult, StepRun } from '../../steps/contract.ts';

/** One message in one step. Of a split the messages are those that were taken so far. */
export interface StepRecord {
  readonly step: string;
  readonly input: Message;
  readonly ms: number;
  readonly outcome:
    | { readonly kind: 'pass'; readonly message: Message }
    | { readonly kind: 'drop'; readonly reason: string }
    | { readonly kind: 'route'; readonly message: Message; readonly to: readonly string[] }
    | { readonly kind: 'split'; readonly messages: readonly Message[] }
    | { readonly kind: 'error'; readonly error: Error };
}

/** The same steps; `onRecord` is called after each run. */
export function observedSteps(types: StepTypes, onRecord: (record: StepRecord) => void): StepTypes {
  const entries = Object.entries(types).map(([name, type]) => {
    const compile: typeof type.compile = (config, context) =>
      observed(type.compile(config, context), context.step, onRecord);
    return [name, { ...type, compile }] as const;
  });
  return Object.fromEntries(entries);
}

function observed(run: StepRun, step: string, onRecord: (record: StepRecord) => void): StepRun {
  return (input) => {
    const startedAt = performance.now();
    const record = (outcome: StepRecord['outcome']) =>
      onRecord({ step, input, ms: performance.now() - startedAt, outcome });
    const settle = (result: StepResult): StepResult => {
      if (result.kind !== 'split') {
        record(result);
        return result;
      }
      const messages: Message[] = [];
      record({ kind: 'split', messages });
      return { kind: 'split', messages: taken(result.messages, messages) };
    };
    const failed = (error: unknown): never => {
      record({ kind: 'error', error: error instanceof Error ? error : new Error(String(error)) });
      throw error;
    };
    try {
      const result = run(input);
      return result instanceof Promise ? result.then(settle, failed) : settle(result);
    } catch (error) {
      return failed(error);
    }
  };
}

async function* taken(
  messages: Iterable<Message> | AsyncIterable<Message>,
  into: Message[],
): AsyncGenerator<Message, void, undefined> {
  for await (const message of messages) {
    into.push(message);
    yield message;
  }
}
