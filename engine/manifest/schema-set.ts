// The JSON Schemas that manifests are checked against: the built-in ones, and those of further connectors.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A JSON Schema (draft-07) object. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Schemas by their `$id`: `vrsky.schema.json`, `flow.schema.json`, `steps/map.schema.json`, `connectors/http.schema.json` … */
export interface SchemaSet {
  readonly schemas: ReadonlyMap<string, JsonSchema>;
  /** True for exactly the built-in set: its validators are generated in advance. */
  readonly builtin: boolean;
}

/** The schema of a whole manifest. */
export const ROOT_SCHEMA = 'vrsky.schema.json';

let builtin: SchemaSet | undefined;

/** The schemas that come with this package, read once. */
export function builtinSchemas(): SchemaSet {
  builtin ??= { schemas: readSchemas(schemasDirectory()), builtin: true };
  return builtin;
}

/** Every `*.schema.json` below a directory, by `$id`, sorted. */
export function readSchemas(directory: string): ReadonlyMap<string, JsonSchema> {
  const files = readdirSync(directory, { recursive: true }) as string[];
  const schemas = files
    .filter((file) => file.endsWith('.schema.json'))
    .map((file) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as JsonSchema);
  return new Map(
    schemas.map((schema) => [String(schema.$id), schema] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Beside the sources when run from them, at the top of the package when run from what was built. */
export function schemasDirectory(): string {
  const above = path.resolve(import.meta.dirname, '..', '..');
  return path.join(path.basename(above) === 'dist' ? path.dirname(above) : above, 'schemas');
}

/**
 * The set with further connectors. Each schema is a connector's file as the contract has it: `definitions.consumer` and/or
 * `definitions.producer`, closed. Its `type` in manifests is `id`. Throws when a built-in connector has the id already.
 */
export function withConnectors(
  set: SchemaSet,
  connectors: readonly { readonly id: string; readonly schema: JsonSchema }[],
): SchemaSet {
  if (connectors.length === 0) return set;
  const schemas = new Map(set.schemas);
  for (const { id, schema } of connectors) {
    const $id = connectorSchemaId(id);
    if (schemas.has($id)) throw new Error(`there are two connectors called ${id}`);
    schemas.set($id, { ...schema, $id });
  }
  schemas.set('flow.schema.json', withDispatch(schemas));
  return { schemas, builtin: false };
}

export function connectorSchemaId(id: string): string {
  return `connectors/${id}.schema.json`;
}

/**
 * The schema of Flow with its unions rewritten to what the set holds: `type` is one of these, and for each an `if`/`then` to a closed
 * `$ref` (a `oneOf` would turn one typo into fifteen errors).
 */
export function withDispatch(schemas: ReadonlyMap<string, JsonSchema>): JsonSchema {
  const flow = schemas.get('flow.schema.json') as JsonSchema & {
    readonly definitions: Record<string, JsonSchema>;
  };
  const ids = [...schemas.keys()].toSorted();
  const steps = ids.filter((id) => id.startsWith('steps/'));
  const having = (role: string) =>
    ids.filter(
      (id) => id.startsWith('connectors/') && role in ((schemas.get(id)?.definitions ?? {}) as object),
    );
  const definitions = {
    ...flow.definitions,
    consumer: dispatch(flow.definitions.consumer, refsTo(having('consumer'), '#/definitions/consumer')),
    step: dispatch(flow.definitions.step, refsTo(steps, '')),
    producer: dispatch(flow.definitions.producer, refsTo(having('producer'), '#/definitions/producer')),
  };
  return { ...flow, definitions };
}

/** `type` → `$ref`. */
function refsTo(ids: readonly string[], fragment: string): ReadonlyMap<string, string> {
  return new Map(ids.map((id) => [path.posix.basename(id, '.schema.json'), `${id}${fragment}`]));
}

function dispatch(union: JsonSchema | undefined, refs: ReadonlyMap<string, string>): JsonSchema {
  const properties = union?.properties as Record<string, JsonSchema>;
  const cases = [...refs].map(([type, $ref]) => ({
    if: { properties: { type: { const: type } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { $ref },
  }));
  return {
    ...union,
    properties: { ...properties, type: { ...properties.type, enum: [...refs.keys()] } },
    allOf: cases,
  };
}
