// Sample files of messages: what an expression sees of them, and the bytes that a convert or split step would read.
import { codecs, type Format } from '../format/codecs.ts';
import type { CsvOptions } from '../format/csv/csv-options.ts';
import { csvValues } from '../format/csv/parse-csv.ts';
import { ndjsonValues } from '../format/ndjson.ts';
import type { XmlOptions } from '../format/xml/xml-options.ts';
import { ANY, type Shape, scalar, unionOf } from './shape.ts';
import { shapeOfSchema } from './shape-of-schema.ts';
import { shapeOfValue } from './shape-of-value.ts';

export interface RawContent {
  readonly bytes: Uint8Array;
  readonly format: Format;
}

/** What a message may hold. `raw` is there while nothing has changed the content. */
export interface Sample {
  readonly shape: Shape;
  readonly raw?: readonly RawContent[];
}

/** Of a long list of records the first ones tell the shape. */
const MAX_RECORDS = 1000;

const TYPES: Readonly<Record<string, Format>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  xml: 'xml',
  csv: 'csv',
  txt: 'text',
};

/** By the ending of the file's name; undefined when that tells nothing. */
export function formatOfFile(name: string): Format | undefined {
  return TYPES[/\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
}

/** Throws FormatError when the content is not what the name says. A JSON file that has `$schema` is a JSON Schema. */
export function parseSample(name: string, bytes: Uint8Array): Sample {
  const format = formatOfFile(name);
  if (format === undefined) return { shape: ANY };
  const raw = [{ bytes, format }];
  if (format === 'ndjson') return { shape: shapeOfRaw(raw, 'ndjson'), raw };
  if (format !== 'json') return { shape: scalar('string'), raw };
  return remembered(bytes, 'sample', () => {
    const value = codecs.json.parse(bytes, {});
    return isSchema(value) ? { shape: shapeOfSchema(value) } : { shape: shapeOfValue(value), raw };
  });
}

/** One shape for what all the contents hold: records of CSV and NDJSON each on their own. Throws FormatError. */
export function shapeOfRaw(
  contents: readonly RawContent[],
  format: Format | undefined,
  options: ReadingOptions = {},
): Shape {
  const shapes = contents.map(({ bytes, format: own }) => {
    const as = format ?? own;
    return remembered(bytes, JSON.stringify([as, options]), () => unionOf(shapesIn(bytes, as, options)));
  });
  return unionOf(shapes);
}

interface ReadingOptions {
  readonly csv?: CsvOptions;
  readonly xml?: XmlOptions;
}

function shapesIn(bytes: Uint8Array, as: Format, options: ReadingOptions): readonly Shape[] {
  if (as === 'csv') return first(csvValues(bytes, options.csv)).map((value) => shapeOfValue(value));
  if (as === 'ndjson') return first(ndjsonValues(bytes)).map((value) => shapeOfValue(value));
  return [shapeOfValue(codecs[as].parse(bytes, options))];
}

const known = new WeakMap<Uint8Array, Map<string, unknown>>();

/** A sample says the same as long as it is there: it is not read again with every letter that somebody types into the flow. */
function remembered<Value>(bytes: Uint8Array, how: string, read: () => Value): Value {
  const before = known.get(bytes) ?? new Map<string, unknown>();
  known.set(bytes, before);
  if (!before.has(how)) before.set(how, read());
  return before.get(how) as Value;
}

function first<T>(values: Iterable<T>): readonly T[] {
  const found: T[] = [];
  for (const value of values) if (found.push(value) === MAX_RECORDS) break;
  return found;
}

function isSchema(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { $schema?: unknown }).$schema === 'string'
  );
}
