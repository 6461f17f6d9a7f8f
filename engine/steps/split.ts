// split: turns one message into many, lazily: records of a CSV or NDJSON payload, or the items of a list.
import type { Expression } from '../expression/index.ts';
import type { CsvOptions } from '../format/csv/csv-options.ts';
import { csvRecords } from '../format/csv/parse-csv.ts';
import { ndjsonRecords } from '../format/ndjson.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { StepError, type StepType } from './contract.ts';
import { asStepError, compileOrThrow } from './expression-step.ts';

export interface SplitConfig {
  readonly expression?: string;
  readonly format?: 'csv' | 'ndjson' | 'json';
  readonly csv?: CsvOptions;
  readonly key?: string;
  readonly maxMessages?: number;
}

type Items = (message: Message) => Iterable<unknown> | AsyncIterable<unknown> | Promise<Iterable<unknown>>;

export const split: StepType<SplitConfig> = {
  type: 'split',
  compile: (config) => {
    const items = itemsOf(config);
    const key = config.key === undefined ? undefined : compileOrThrow(config.key);
    const most = config.maxMessages ?? 1_000_000;
    return (message) => ({ kind: 'split', messages: children(message, items, key, most) });
  },
};

async function* children(
  message: Message,
  items: Items,
  key: Expression | undefined,
  most: number,
): AsyncGenerator<Message, void, undefined> {
  let index = 0;
  try {
    for await (const item of await items(message)) {
      if (index >= most)
        throw new StepError('VRS8225', `the message would become more than ${most} messages`);
      yield await child(message, item, index++, key);
    }
  } catch (error) {
    throw asStepError(error);
  }
}

async function child(
  parent: Message,
  item: unknown,
  index: number,
  key: Expression | undefined,
): Promise<Message> {
  const own = key === undefined ? parent.key : textOf(await key.evaluate(item, expressionBindings(parent)));
  return {
    id: `${parent.id}.${index}`,
    payload: Payload.ofValue(item),
    headers: { ...parent.headers, 'split-index': String(index) },
    key: own,
    acceptedAt: parent.acceptedAt,
    flow: parent.flow,
    attempt: parent.attempt,
  };
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function itemsOf({ expression, format, csv }: SplitConfig): Items {
  if (expression !== undefined) {
    const compiled = compileOrThrow(expression);
    return async (message) =>
      listOf(await compiled.evaluate(message.payload.value(), expressionBindings(message)));
  }
  switch (format) {
    case 'csv':
      return (message) => csvRecords([message.payload.bytes()], csv);
    case 'ndjson':
      return (message) => ndjsonRecords([message.payload.bytes()]);
    default:
      return (message) => listOf(message.payload.value());
  }
}

/** JSONata makes a list of one into that one, and an empty one into nothing. */
function listOf(value: unknown): Iterable<unknown> {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
