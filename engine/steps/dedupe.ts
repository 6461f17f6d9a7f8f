// dedupe: lets the first message with a key pass, and filters out later ones within a window.
import { type Message, originalId } from '../payload/message.ts';
import { parseDuration } from '../units/duration.ts';
import type { DedupeConfig } from './config.gen.ts';
import type { StepContext, StepResult, StepType } from './contract.ts';
import { StepError } from './contract.ts';
import { compileOrThrow, evaluateOver } from './expression-step.ts';

export const dedupe: StepType<DedupeConfig> = {
  type: 'dedupe',
  compile: (config, context) => {
    const key = compileOrThrow(config.key);
    const windowMs = parseDuration(config.window) as number;
    return (message) => evaluateOver(key, message, (value) => first(message, value, windowMs, context));
  },
};

function first(
  message: Message,
  key: unknown,
  windowMs: number,
  context: StepContext,
): StepResult | Promise<StepResult> {
  if (key === undefined || key === null) return { kind: 'pass', message };
  const text = typeof key === 'string' ? key : JSON.stringify(key);
  if (typeof text !== 'string') throw new StepError('VRS4103', 'The key is a function: name a value');
  // A message that is tried again finds its own claim and passes, and so do its copies.
  return context
    .claim(text, message.id, windowMs)
    .then((holder) =>
      originalId(holder) === originalId(message.id)
        ? { kind: 'pass', message }
        : { kind: 'drop', reason: `message ${holder} with the same key came before` },
    );
}
