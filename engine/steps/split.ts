// split: turns one message into many, lazily: records of a CSV or NDJSON payload, or the items of a list.

import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Expression } from '../expression/index.ts';
import type { Format } from '../format/codecs.ts';
import { csvRecords, csvValues } from '../format/csv/parse-csv.ts';
import { ndjsonRecords, ndjsonValues } from '../format/ndjson.ts';
import { xmlRecords } from '../format/xml/xml-records.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { SplitConfig } from './config.gen.ts';
import { type PureStepType, StepError, type StepResult, type StepRun } from './contract.ts';
import { asStepError, compileOrThrow, evaluateOver } from './expression-step.ts';
import { contentBytes, formatOfPayload, readPayload } from './read-payload.ts';

export const split: PureStepType<SplitConfig> = {
  type: 'split',
  compile: (config) => {
    const key = config.key === undefined ? undefined : compileOrThrow(config.key);
    const most = config.maxMessages ?? 1_000_000;
    const partsOf = (message: Message, items: Iterable<unknown>) => parts(message, items, key, most);
    const streamedPartsOf = (message: Message, items: AsyncIterable<unknown>) =>
      streamedParts(message, items, key, most);
    return config.expression === undefined
      ? byRecord(config, partsOf, streamedPartsOf)
      : byExpression(config.expression, partsOf);
  },
};

type Split = (message: Message, items: Iterable<unknown>) => StepResult;
type StreamSplit = (message: Message, items: AsyncIterable<unknown>) => Promise<StepResult>;
/** Whoever reads stops by not reading on. */
const never = new AbortController().signal;

function byExpression(source: string, split: Split): StepRun {
  const expression = compileOrThrow(source);
  return (message) => evaluateOver(expression, message, (value) => split(message, listOf(value)));
}

function byRecord(config: SplitConfig, split: Split, splitStream: StreamSplit): StepRun {
  return (message) => {
    try {
      const streamed = recordStream(message.payload, config);
      if (streamed !== undefined) return splitStream(message, streamed);
      return split(message, records(message.payload, config));
    } catch (error) {
      throw asStepError(error);
    }
  };
}

/** Records that are read one by one from a payload of any size; undefined for what has to be held, or is anyway. */
function recordStream(payload: Payload, config: SplitConfig): AsyncIterable<unknown> | undefined {
  const { content } = payload;
  const format = recordFormat(payload, config);
  if (format === 'xml') {
    const { element, namespaces } = config;
    return xmlRecords(content?.open(never) ?? [contentBytes(payload)], {
      ...(element === undefined ? {} : { element }),
      ...(namespaces === undefined ? {} : { namespaces }),
    });
  }
  if (content === undefined) return undefined;
  if (format === 'csv') return csvRecords(content.open(never), config.csv);
  return format === 'ndjson' ? ndjsonRecords(content.open(never)) : undefined;
}

function recordFormat(payload: Payload, { format, csv }: SplitConfig): Format {
  const remedy = 'name it with `format`, or convert the payload before';
  return format ?? (csv === undefined ? formatOfPayload(payload, remedy) : 'csv');
}

function records(payload: Payload, config: SplitConfig): Iterable<unknown> {
  const { csv } = config;
  switch (recordFormat(payload, config)) {
    case 'csv':
      return csvValues(contentBytes(payload), csv);
    case 'ndjson':
      return ndjsonValues(contentBytes(payload));
    case 'json':
      return listOf(readPayload(payload, 'json', {}));
    default:
      throw new StepError(
        'VRS8226',
        `A payload of type ${payload.contentType} has no records; convert it to JSON before and split that by \`expression\``,
      );
  }
}

/** JSONata makes a list of one into that one, and an empty one into nothing. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Looks at the first part only: what is wrong with the others shows when their turn comes. */
function parts(
  message: Message,
  items: Iterable<unknown>,
  key: Expression | undefined,
  most: number,
): StepResult {
  if (Array.isArray(items) && items.length > most) throw tooMany(most);
  const iterator = items[Symbol.iterator]();
  const first = iterator.next();
  if (first.done === true) return { kind: 'drop', reason: 'there was nothing to split' };
  const all = numbered(first.value, iterator, most);
  const messages =
    key === undefined || key.compiled ? children(message, all, key) : keyedLater(message, all, key);
  return { kind: 'split', messages };
}

type Part = readonly [index: number, item: unknown];

function* numbered(first: unknown, rest: Iterator<unknown>, most: number): Generator<Part, void, undefined> {
  yield [0, first];
  for (let index = 1; ; index++) {
    const next = rest.next();
    if (next.done === true) return;
    if (index >= most) throw tooMany(most);
    yield [index, next.value];
  }
}

/** As {@link parts}, of records that come as they are read; a failed read is the payload store's. */
async function streamedParts(
  message: Message,
  items: AsyncIterable<unknown>,
  key: Expression | undefined,
  most: number,
): Promise<StepResult> {
  const children = streamedChildren(message, items, key, most);
  const first = await children.next();
  if (first.done === true) return { kind: 'drop', reason: 'there was nothing to split' };
  return { kind: 'split', messages: withFirst(first.value, children) };
}

async function* streamedChildren(
  parent: Message,
  items: AsyncIterable<unknown>,
  key: Expression | undefined,
  most: number,
): AsyncGenerator<Message, void, undefined> {
  let index = 0;
  try {
    for await (const item of items) {
      if (index >= most) throw tooMany(most);
      const own =
        key === undefined ? parent.key : keyOf(await key.evaluate(item, expressionBindings(parent)));
      yield child(parent, index++, item, own);
    }
  } catch (error) {
    throw error instanceof VrskyError ? error : asStepError(error);
  }
}

async function* withFirst(
  first: Message,
  rest: AsyncGenerator<Message, void, undefined>,
): AsyncGenerator<Message, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

function* children(
  parent: Message,
  all: Iterable<Part>,
  key: Expression | undefined,
): Generator<Message, void, undefined> {
  try {
    for (const [index, item] of all) {
      const own = key === undefined ? parent.key : keyOf(key.evaluate(item, expressionBindings(parent)));
      yield child(parent, index, item, own);
    }
  } catch (error) {
    throw asStepError(error);
  }
}

async function* keyedLater(
  parent: Message,
  all: Iterable<Part>,
  key: Expression,
): AsyncGenerator<Message, void, undefined> {
  try {
    for (const [index, item] of all) {
      yield child(parent, index, item, keyOf(await key.evaluate(item, expressionBindings(parent))));
    }
  } catch (error) {
    throw asStepError(error);
  }
}

function child(parent: Message, index: number, item: unknown, key: string | undefined): Message {
  return {
    id: `${parent.id}.${index}`,
    payload: Payload.ofValue(item),
    headers: { ...parent.headers, 'split-index': String(index) },
    key,
    ...(parent.orderKey === undefined ? {} : { orderKey: parent.orderKey }),
    acceptedAt: parent.acceptedAt,
    flow: parent.flow,
    attempt: parent.attempt,
  };
}

function keyOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function tooMany(most: number): StepError {
  return new StepError(
    'VRS8225',
    `The message would become more than ${most} messages; raise \`maxMessages\` if that is meant`,
  );
}
