// What keywords of JSON Schema say on their own: types, conditions, needed fields. Only draft-07 as the schemas of this project use it.
import type { JsonSchema } from './schema-set.ts';

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** JSON Schema's name for the type of a value. */
export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The types that a schema names or that follow from its `enum` and `const`. */
export function typesOf(schema: JsonSchema): readonly string[] {
  if (schema.type !== undefined) return [schema.type as string | string[]].flat();
  const values = Array.isArray(schema.enum)
    ? (schema.enum as unknown[])
    : 'const' in schema
      ? [schema.const]
      : [];
  return [...new Set(values.map(typeOf))];
}

/** Whether a schema may be about values of this type at all. */
export function isAbout(types: readonly string[], value: unknown): boolean {
  return (
    types.length === 0 ||
    types.includes(typeOf(value)) ||
    (types.includes('integer') && typeof value === 'number')
  );
}

/** When an `if` holds, taken apart once: it is asked of every value. It says nothing about what is no object, so there it holds. */
export function conditionOf(schema: JsonSchema): (value: unknown) => boolean {
  const holds = holdsFor(schema);
  return (value) => typeOf(value) !== 'object' || holds(value as Fields);
}

type Fields = Readonly<Record<string, unknown>>;
type Holds = (object: Fields) => boolean;

function holdsFor({ properties = {}, required, anyOf, not }: JsonSchema): Holds {
  const needed = listOf(required).map(String);
  const fields = Object.entries(properties as Record<string, JsonSchema>).map(fits);
  const branches = anyOf === undefined ? undefined : listOf(anyOf).filter(isSchema).map(holdsFor);
  const excluded = isSchema(not) ? holdsFor(not) : undefined;
  return (object) =>
    needed.every((name) => Object.hasOwn(object, name)) &&
    fields.every((field) => field(object)) &&
    (branches === undefined || branches.some((branch) => branch(object))) &&
    excluded?.(object) !== true;
}

function fits([name, { const: wanted, enum: among }]: readonly [string, JsonSchema]): Holds {
  if (among === undefined && wanted === undefined) return () => true;
  const fitting = among === undefined ? [wanted] : listOf(among);
  return (object) => !Object.hasOwn(object, name) || fitting.includes(object[name]);
}

/** The fields of a branch that says only that they are needed, undefined for any other schema. */
export function neededFields(branch: unknown): readonly string[] | undefined {
  if (!isSchema(branch) || !Array.isArray(branch.required)) return undefined;
  const rules = Object.keys(branch).filter((keyword) => keyword !== 'errorMessage');
  return rules.length === 1 ? (branch.required as string[]) : undefined;
}
