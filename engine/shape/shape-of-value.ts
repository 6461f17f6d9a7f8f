// The shape of an example.
import { ANY, listOf, NOTHING, OPEN_OBJECT, objectOf, type Shape, scalar, union } from './shape.ts';

/** Deeper values are not looked at. */
const MAX_DEPTH = 64;

/** The shape of one value of JSON. Of an empty list or object nothing is known. */
export function shapeOfValue(value: unknown, depth = 0): Shape {
  if (depth > MAX_DEPTH) return ANY;
  switch (typeof value) {
    case 'string':
      return scalar('string');
    case 'boolean':
      return scalar('boolean');
    case 'number':
      return scalar(Number.isInteger(value) ? 'integer' : 'number');
    case 'object':
      return value === null ? scalar('null') : shapeOfStructure(value, depth);
    default:
      return ANY;
  }
}

function shapeOfStructure(value: object, depth: number): Shape {
  if (Array.isArray(value)) {
    if (value.length === 0) return listOf(ANY);
    let items = NOTHING;
    for (const item of value) items = union(items, shapeOfValue(item, depth + 1));
    return listOf(items);
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return OPEN_OBJECT;
  return objectOf(
    entries.map(([name, inner]) => [name, { shape: shapeOfValue(inner, depth + 1), optional: false }]),
  );
}
