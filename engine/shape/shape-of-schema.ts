// The shape that a JSON Schema describes. Objects with `properties` are taken at their word: other fields are not expected unless
// `additionalProperties` says so.
import type { JsonSchema } from './schema-of-shape.ts';
import {
  ANY,
  type Field,
  listOf,
  NOTHING,
  OPEN_OBJECT,
  objectOf,
  type ScalarKind,
  type Shape,
  scalar,
  unionOf,
} from './shape.ts';
import { shapeOfValue } from './shape-of-value.ts';

/** Total: what the schema leaves open, or what is no schema, may be anything. `$ref` leads to places in this schema only. */
export function shapeOfSchema(schema: unknown): Shape {
  return new SchemaShapes(schema).of(schema, 0);
}

const MAX_DEPTH = 64;

class SchemaShapes {
  readonly #root: unknown;
  /** `undefined` while the reference is being followed: inside itself it may be anything. */
  readonly #known = new Map<string, Shape | undefined>();

  constructor(root: unknown) {
    this.#root = root;
  }

  of(schema: unknown, depth: number): Shape {
    if (schema === false) return NOTHING;
    if (!isSchema(schema) || depth > MAX_DEPTH) return ANY;
    if (typeof schema.$ref === 'string') return this.#reference(schema.$ref, depth);
    if ('const' in schema) return shapeOfValue(schema.const);
    if (Array.isArray(schema.enum)) return unionOf(schema.enum.map((value) => shapeOfValue(value)));
    const branches = (schema.anyOf ?? schema.oneOf) as unknown;
    if (Array.isArray(branches)) return unionOf(branches.map((branch) => this.of(branch, depth + 1)));
    if (Array.isArray(schema.allOf))
      return this.#all([{ ...schema, allOf: undefined }, ...schema.allOf], depth);
    return this.#plain(schema, depth);
  }

  /** Objects of all parts together; of other kinds the first part that says something. */
  #all(parts: readonly unknown[], depth: number): Shape {
    const shapes = parts.map((part) => this.of(part, depth + 1)).filter((shape) => !shape.any);
    const objects = shapes.flatMap(({ object }) => object ?? []);
    if (objects.length === 0) return shapes[0] ?? ANY;
    const fields = new Map<string, Field>();
    for (const object of objects) for (const [name, field] of object.fields) fields.set(name, field);
    return objectOf(
      fields,
      objects.every(({ open }) => open),
    );
  }

  #plain(schema: JsonSchema, depth: number): Shape {
    const types = [(schema.type ?? impliedTypes(schema)) as string | readonly string[]].flat();
    if (types.length === 0) return ANY;
    return unionOf(
      types.map((type) => {
        if (type === 'object') return this.#object(schema, depth);
        if (type === 'array') return this.#list(schema, depth);
        return scalar(type as ScalarKind);
      }),
    );
  }

  #object(
    { properties, required, additionalProperties, patternProperties }: JsonSchema,
    depth: number,
  ): Shape {
    if (!isSchema(properties)) return OPEN_OBJECT;
    const needed = new Set(Array.isArray(required) ? required : []);
    const fields = Object.entries(properties).map(
      ([name, schema]) => [name, { shape: this.of(schema, depth + 1), optional: !needed.has(name) }] as const,
    );
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    return objectOf(fields, isOpen || patternProperties !== undefined);
  }

  #list({ items, prefixItems }: JsonSchema, depth: number): Shape {
    const all = [items, prefixItems].flat().filter((one) => one !== undefined);
    return listOf(all.length === 0 ? ANY : unionOf(all.map((one) => this.of(one, depth + 1))));
  }

  #reference(ref: string, depth: number): Shape {
    if (this.#known.has(ref)) return this.#known.get(ref) ?? ANY;
    this.#known.set(ref, undefined);
    const shape = ref.startsWith('#') ? this.of(pointTo(this.#root, ref.slice(1)), depth + 1) : ANY;
    this.#known.set(ref, shape);
    return shape;
  }
}

function impliedTypes(schema: JsonSchema): readonly string[] {
  if (schema.properties !== undefined) return ['object'];
  return schema.items !== undefined || schema.prefixItems !== undefined ? ['array'] : [];
}

function pointTo(root: unknown, pointer: string): unknown {
  return decodeURIComponent(pointer)
    .split('/')
    .slice(1)
    .reduce<unknown>((at, step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      return isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }, root);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
