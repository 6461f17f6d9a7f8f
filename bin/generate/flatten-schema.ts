// Makes a schema that says what a type checker can know, in one piece: no references to files, no conditions, no bounds.

import { isSchema, neededFields } from '../../engine/manifest/schema-keywords.ts';
import type { JsonSchema } from '../../engine/manifest/schema-set.ts';
import type { SchemaReader } from '../../engine/manifest/schema-view.ts';

/** A reference that shall become a type with this name, by file and pointer; undefined for one that is written out in place. */
export type NameOf = (reference: string) => string | undefined;

const KEPT = ['type', 'enum', 'const', 'required', 'additionalProperties', 'description'];

/** The schema with `definitions` for named and recursive references. */
export function flattenSchema(
  schema: JsonSchema,
  file: string,
  reader: SchemaReader,
  nameOf: NameOf,
): JsonSchema {
  const flattener = new Flattener(reader, nameOf);
  const flat = flattener.flatten(schema, file);
  return { ...flat, definitions: Object.fromEntries(flattener.definitions) };
}

class Flattener {
  readonly definitions = new Map<string, JsonSchema>();
  readonly #reader: SchemaReader;
  readonly #nameOf: NameOf;
  /** References that are being written out; `true` once one of them was met inside itself. */
  readonly #open = new Map<string, boolean>();

  constructor(reader: SchemaReader, nameOf: NameOf) {
    this.#reader = reader;
    this.#nameOf = nameOf;
  }

  flatten(schema: JsonSchema, file: string): JsonSchema {
    if (typeof schema.$ref === 'string')
      return { ...this.#reference(schema.$ref, file), ...annotations(schema) };
    const { allOf, anyOf } = schema as { allOf?: readonly JsonSchema[]; anyOf?: readonly JsonSchema[] };
    if (allOf?.[0]?.if !== undefined)
      return this.#choice(
        schema,
        file,
        allOf.map((one) => one.then),
      );
    if (schema.if !== undefined) return this.#choice(schema, file, [schema.then, schema.else]);
    if (allOf?.length === 1) return { ...this.flatten(allOf[0] as JsonSchema, file), ...annotations(schema) };
    if (anyOf !== undefined && !anyOf.every((one) => neededFields(one) !== undefined)) {
      return this.#choice(schema, file, anyOf);
    }
    return this.#plain(schema, file);
  }

  #choice(schema: JsonSchema, file: string, branches: readonly unknown[]): JsonSchema {
    return {
      ...annotations(schema),
      anyOf: branches.filter(isSchema).map((branch) => this.flatten(branch, file)),
    };
  }

  #plain(schema: JsonSchema, file: string): JsonSchema {
    const anyType = anyTypeOf(schema);
    if (anyType !== undefined) return { tsType: anyType, ...annotations(schema) };
    const kept = Object.fromEntries(
      KEPT.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]),
    );
    const inner = (part: unknown) => (isSchema(part) ? this.flatten(part, file) : part);
    const properties = Object.entries((schema.properties ?? {}) as Record<string, unknown>);
    return {
      ...kept,
      ...annotations(schema),
      ...(properties.length === 0
        ? {}
        : { properties: Object.fromEntries(properties.map(([name, part]) => [name, inner(part)])) }),
      ...(schema.items === undefined ? {} : { items: inner(schema.items) }),
      ...(schema.additionalProperties === undefined
        ? {}
        : { additionalProperties: inner(schema.additionalProperties) }),
    };
  }

  #reference(ref: string, file: string): JsonSchema {
    const target = this.#reader.resolve(ref, file);
    if (target === undefined) throw new Error(`${file} refers to ${ref}, which does not exist`);
    const reference = `${target.file}#${ref.split('#')[1] ?? ''}`;
    const name = this.#nameOf(reference);
    const type = name ?? pascal(reference);
    if (this.definitions.has(type)) return { $ref: `#/definitions/${type}` };
    if (this.#open.has(reference)) {
      this.#open.set(reference, true);
      return { $ref: `#/definitions/${type}` };
    }
    this.#open.set(reference, false);
    const flat = this.flatten(target.schema, target.file);
    const isRecursive = this.#open.get(reference);
    this.#open.delete(reference);
    if (name === undefined && isRecursive !== true) return flat;
    this.definitions.set(type, flat);
    return { $ref: `#/definitions/${type}` };
  }
}

const JSON_TYPES: Readonly<Record<string, string>> = {
  object: '{ readonly [key: string]: unknown }',
  array: 'readonly unknown[]',
  integer: 'number',
  null: 'null',
};

/** The type of a value about whose inside the schema says nothing. */
function anyTypeOf({
  type,
  properties,
  items,
  additionalProperties,
  enum: values,
  ...rest
}: JsonSchema): string | undefined {
  if (type === undefined)
    return values === undefined && !('const' in rest) && properties === undefined ? 'unknown' : undefined;
  const types = [type as string | string[]].flat();
  const isOpen = types.includes('object') && properties === undefined && additionalProperties === undefined;
  return isOpen && items === undefined ? types.map((one) => JSON_TYPES[one] ?? one).join(' | ') : undefined;
}

/** The description, with the default that a type cannot show. */
function annotations({ description, default: value }: JsonSchema): JsonSchema {
  const fallback = value === undefined || isSchema(value) ? '' : `Default: ${JSON.stringify(value)}.`;
  const text = [description, fallback].filter((part) => typeof part === 'string' && part !== '').join(' ');
  return text === '' ? {} : { description: text.replaceAll('*/', '*\\/') };
}

/** The last part of a reference as the name of a type: `steps/filter.schema.json#/definitions/rule` → `Rule`. */
function pascal(reference: string): string {
  const last = reference.replace(/#?$/, '').split('/').at(-1)?.replace('.schema.json', '') ?? '';
  return last.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
