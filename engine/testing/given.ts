// What a test gives: messages that come in, and how the peers of the flow behave.
import path from 'node:path';
import type { CompiledFlow } from '../compile/program.ts';
import { fileBeside, type TestCase } from '../flow/check-tests.ts';
import type { ReadFile } from '../flow/sample-files.ts';
import { Payload } from '../payload/payload.ts';
import { parseDuration } from '../units/duration.ts';
import type { SimulatedInput } from './simulation/simulation.ts';
import type { Failure, Found } from './simulation/virtual-answers.ts';
import type { Peers } from './simulation/virtual-connectors.ts';

type Given = TestCase['given'][number];

/** By the ending of a file; bytes otherwise. */
const contentTypes: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
  '.xml': 'application/xml',
  '.csv': 'text/csv',
  '.txt': 'text/plain',
};

/** `manifest` is the file that the test stands in. Throws when a file cannot be read. */
export function inputsOf(
  one: TestCase,
  flow: CompiledFlow,
  manifest: string,
  read: ReadFile,
): readonly SimulatedInput[] {
  const [only] = flow.consumers;
  return one.given.map((given) => ({
    at: given.at ?? only?.name ?? '',
    payload: payloadOf(given, manifest, read),
    headers: given.headers ?? {},
    key: given.key,
    id: given.id,
    afterMs: durationOf(given.after ?? '0s'),
  }));
}

function payloadOf({ payload, text, file, contentType }: Given, manifest: string, read: ReadFile): Payload {
  if (file !== undefined) return payloadOfFile(file, read(fileBeside(manifest, file)), contentType);
  if (text !== undefined) return Payload.ofBytes(Buffer.from(text), contentType ?? 'text/plain');
  return Payload.ofValue(payload, contentType);
}

/** What a file holds; what it is follows from its name when nothing is said. */
export function payloadOfFile(name: string, bytes: Uint8Array, contentType?: string): Payload {
  const type = contentType ?? contentTypes[path.extname(name).toLowerCase()];
  return Payload.ofBytes(bytes, type ?? 'application/octet-stream');
}

export function peersOf({ producers = {}, lookups = {} }: TestCase): Peers {
  return {
    producers: mapValues(producers, (list) => list.map(failureOf)),
    lookups: mapValues(lookups, (list) =>
      list.map((one): Failure | Found => {
        if ('answer' in one)
          return { kind: 'found', value: one.answer, times: one.times ?? Number.POSITIVE_INFINITY };
        if (one.nothing !== undefined)
          return { kind: 'found', value: undefined, times: timesOf(one.nothing) };
        return failureOf(one);
      }),
    ),
  };
}

type WrittenFailure = NonNullable<TestCase['producers']>[string][number];

/** Exactly one of the kinds is there, as the schema demands. */
function failureOf(written: WrittenFailure): Failure {
  const { error, retryAfter } = written;
  const kinds = ['fail', 'timeout', 'away', 'reject'] as const;
  const kind = kinds.find((name) => written[name] !== undefined) ?? 'fail';
  return {
    kind,
    times: timesOf(written[kind] ?? 1),
    ...(error === undefined ? {} : { error }),
    ...(retryAfter === undefined ? {} : { retryAfterMs: durationOf(retryAfter) }),
  };
}

function timesOf(times: number | 'always'): number {
  return times === 'always' ? Number.POSITIVE_INFINITY : times;
}

function durationOf(text: string): number {
  return parseDuration(text) as number;
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Readonly<Record<string, Out>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
