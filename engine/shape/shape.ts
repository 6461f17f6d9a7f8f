// The shape of values: which fields, items and kinds of scalars a message may have at one place.

export type ScalarKind = 'string' | 'integer' | 'number' | 'boolean' | 'null';

export interface Field {
  readonly shape: Shape;
  /** Some of the values do not have it. */
  readonly optional: boolean;
}

export interface ObjectShape {
  readonly fields: ReadonlyMap<string, Field>;
  /** There may be fields that nobody has seen. */
  readonly open: boolean;
}

/** What a value may be: each part is one possibility. Without any part there is no value at all. */
export interface Shape {
  /** Nothing is known: it may be anything. */
  readonly any: boolean;
  readonly scalars: ReadonlySet<ScalarKind>;
  readonly object?: ObjectShape;
  /** The shape of the items, when it may be a list. */
  readonly items?: Shape;
}

const NO_SCALARS: ReadonlySet<ScalarKind> = new Set();

export const ANY: Shape = { any: true, scalars: NO_SCALARS };
export const NOTHING: Shape = { any: false, scalars: NO_SCALARS };
/** An object of which no field is known. */
export const OPEN_OBJECT: Shape = { ...NOTHING, object: { fields: new Map(), open: true } };

export function scalar(...kinds: readonly ScalarKind[]): Shape {
  return { any: false, scalars: new Set(kinds) };
}

export function listOf(items: Shape): Shape {
  return { ...NOTHING, items };
}

export function objectOf(fields: Iterable<readonly [string, Field]>, open = false): Shape {
  return { ...NOTHING, object: { fields: new Map(fields), open } };
}

export function isNothing({ any, scalars, object, items }: Shape): boolean {
  return !any && scalars.size === 0 && object === undefined && items === undefined;
}

/** Either of two. */
export function union(a: Shape, b: Shape): Shape {
  if (a === b || isNothing(b)) return a;
  if (isNothing(a)) return b;
  if (a.any || b.any) return ANY;
  const object = a.object && b.object ? unionOfObjects(a.object, b.object) : (a.object ?? b.object);
  const items = a.items && b.items ? union(a.items, b.items) : (a.items ?? b.items);
  return {
    any: false,
    scalars: new Set([...a.scalars, ...b.scalars]),
    ...(object === undefined ? {} : { object }),
    ...(items === undefined ? {} : { items }),
  };
}

export function unionOf(shapes: Iterable<Shape>): Shape {
  let all = NOTHING;
  for (const shape of shapes) all = union(all, shape);
  return all;
}

function unionOfObjects(a: ObjectShape, b: ObjectShape): ObjectShape {
  const fields = new Map<string, Field>();
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    const both = other === undefined ? field.shape : union(field.shape, other.shape);
    fields.set(name, { shape: both, optional: field.optional || other?.optional !== false });
  }
  for (const [name, field] of b.fields)
    if (!a.fields.has(name)) fields.set(name, { ...field, optional: true });
  return { fields, open: a.open || b.open };
}

/** What JSONata means by a field: of an object, or of every item of a list. Nothing when there can be no such field. */
export function fieldOf(shape: Shape, name: string): Shape {
  if (shape.any) return ANY;
  const ofItems = shape.items === undefined ? NOTHING : perhapsMany(fieldOf(shape.items, name));
  if (shape.object === undefined) return ofItems;
  const own = shape.object.fields.get(name)?.shape ?? (shape.object.open ? ANY : NOTHING);
  return union(own, ofItems);
}

/** One of what JSONata goes over: the items of a list, anything else itself. */
export function oneOf(shape: Shape): Shape {
  if (shape.any || shape.items === undefined) return shape;
  const { items, ...rest } = shape;
  return union(rest, items);
}

/** What is at the bottom of lists of lists. */
export function leafOf(shape: Shape): Shape {
  let leaf = shape;
  while (leaf.items !== undefined) leaf = oneOf(leaf);
  return leaf;
}

/** A sequence: JSONata makes a list of one into that one. */
export function perhapsMany(shape: Shape): Shape {
  return isNothing(shape) || shape.any ? shape : union(shape, listOf(oneOf(shape)));
}

/** The names of every field that a value here may have. */
export function fieldNames(shape: Shape): readonly string[] {
  const one = leafOf(shape);
  return [...(one.object?.fields.keys() ?? [])];
}

/** Whether all is known of the fields here: only then can one be said not to exist. */
export function isClosed(shape: Shape): boolean {
  const one = leafOf(shape);
  return (
    !one.any &&
    !isNothing(one) &&
    one.object?.open !== true &&
    !(one.scalars.size === 1 && one.scalars.has('null'))
  );
}
