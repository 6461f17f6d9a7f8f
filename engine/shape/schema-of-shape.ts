// A shape as JSON Schema (draft-07).
import type { Shape } from './shape.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** The schema of a document. */
export function schemaOfShape(shape: Shape): JsonSchema {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schemaOf(shape) };
}

function schemaOf(shape: Shape): JsonSchema {
  if (shape.any) return {};
  const types = [
    ...(shape.object === undefined ? [] : ['object']),
    ...(shape.items === undefined ? [] : ['array']),
    // Every integer is a number.
    ...[...shape.scalars].filter((kind) => kind !== 'integer' || !shape.scalars.has('number')),
  ];
  return {
    ...(types.length === 0 ? {} : { type: types.length === 1 ? types[0] : types }),
    ...fieldsOf(shape),
    ...(shape.items === undefined || shape.items.any ? {} : { items: schemaOf(shape.items) }),
  };
}

function fieldsOf({ object }: Shape): JsonSchema {
  if (object === undefined || object.fields.size === 0) return {};
  const entries = [...object.fields];
  const required = entries.filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(entries.map(([name, { shape }]) => [name, schemaOf(shape)])),
    ...(object.open ? { additionalProperties: true } : {}),
  };
}
