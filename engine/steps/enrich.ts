// enrich: looks something up for each message and puts the answer into its payload.
import { noteWideObjects } from '../expression/wide-objects.ts';
import { type Message, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { parseDuration } from '../units/duration.ts';
import { AnswerCache } from './answer-cache.ts';
import type { EnrichConfig } from './config.gen.ts';
import { StepError, type StepLookup, type StepResult, type StepType } from './contract.ts';

export const enrich: StepType<EnrichConfig> = {
  type: 'enrich',
  compile: (config, context) => {
    const lookup = context.lookup(config.lookup);
    const cache = new AnswerCache(config.cache?.entries ?? 1000, durationOf(config.cache?.for ?? '1m'));
    return async (message) => {
      const value = objectOf(message);
      const answer = await answerFor(message, lookup, cache);
      return answer === undefined
        ? nothingFound(message, config)
        : enriched(message, value, config.into, answer);
    };
  },
};

function durationOf(text: string): number {
  return parseDuration(text) as number;
}

function objectOf({ payload }: Message): Readonly<Record<string, unknown>> {
  const value = payload.value();
  const isObject = typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
  if (isObject && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new StepError('VRS8228', 'The payload is no object that could take the answer');
}

async function answerFor(message: Message, lookup: StepLookup, cache: AnswerCache): Promise<unknown> {
  const key = await lookup.key(message);
  return cache.get(key, async () => {
    const answer = await lookup.find(message);
    noteWideObjects(answer);
    return answer;
  });
}

function nothingFound(message: Message, { missing = 'fail' }: EnrichConfig): StepResult {
  if (missing === 'continue') return { kind: 'pass', message };
  if (missing === 'drop') return { kind: 'drop', reason: 'nothing was found' };
  throw new StepError('VRS8229', 'Nothing was found for the message');
}

function enriched(
  message: Message,
  value: Readonly<Record<string, unknown>>,
  into: string,
  answer: unknown,
): StepResult {
  const payload = Payload.ofValue({ ...value, [into]: answer }, 'application/json');
  return { kind: 'pass', message: withPayload(message, payload) };
}
