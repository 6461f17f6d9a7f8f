// The message to play, from a file: the payload as the consumer hands it over.
import { readFileSync } from 'node:fs';
import type { CompiledFlow } from '../../engine/compile/program.ts';
import type { CsvOptions } from '../../engine/format/csv/csv-options.ts';
import { csvValues } from '../../engine/format/csv/parse-csv.ts';
import { ndjsonValues } from '../../engine/format/ndjson.ts';
import { Payload } from '../../engine/payload/payload.ts';
import { payloadOfFile } from '../../engine/testing/given.ts';

/** Of a file that the consumer takes apart into records the first one. Throws when the file cannot be used. */
export function payloadOfMessage(file: string, flow: CompiledFlow, at: string, type?: string): Payload {
  const bytes = readFileSync(file);
  const { records, csv } = flow.consumers.find(({ name }) => name === at)?.config ?? {};
  if (type === undefined && records === 'csv' && /\.csv$/i.test(file))
    return first(csvValues(bytes, (csv ?? {}) as CsvOptions), file);
  if (type === undefined && records === 'ndjson' && /\.(?:ndjson|jsonl)$/i.test(file))
    return first(ndjsonValues(bytes), file);
  const payload = payloadOfFile(file, bytes, type);
  if (/\.json$/i.test(file) && isSchema(payload))
    throw new Error(`${file} is a JSON Schema and no message: name one with --message`);
  return payload;
}

function first(records: Iterable<unknown>, file: string): Payload {
  for (const record of records) return Payload.ofValue(record);
  throw new Error(`${file} holds no record`);
}

function isSchema(payload: Payload): boolean {
  try {
    const value = payload.value();
    return typeof value === 'object' && value !== null && Object.hasOwn(value, '$schema');
  } catch {
    return false;
  }
}
