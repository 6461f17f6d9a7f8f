// One way to write a schema: without what is generated into it, and a lone reference beside its description instead of inside `allOf`.
import { EDITOR_KEYWORDS } from '../../engine/manifest/compile-validator.ts';
import type { JsonSchema } from '../../engine/manifest/schema-set.ts';

const GENERATED = new Set(EDITOR_KEYWORDS);

/** What may stand beside a `$ref`: draft-07 validates by the reference alone, and editors show these instead of its own. */
const BESIDE_REFERENCE = new Set(['allOf', 'title', 'description', 'default', 'examples']);

export function normalSchema(schema: JsonSchema): JsonSchema {
  return normalOf(schema) as JsonSchema;
}

function normalOf(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(normalOf);
  if (typeof part !== 'object' || part === null) return part;
  const kept = Object.entries(withoutExclusion(part)).filter(([key]) => !GENERATED.has(key));
  const reference = loneReference(kept);
  if (reference === undefined) return Object.fromEntries(kept.map(([key, inner]) => [key, keep(key, inner)]));
  return { $ref: reference, ...Object.fromEntries(kept.filter(([key]) => key !== 'allOf')) };
}

/** `not: { required: [a, b] }` leaves an editor nothing to mark but the whole; as a dependency it is `b`. */
function withoutExclusion(schema: object): object {
  const { not, ...rest } = schema as { not?: JsonSchema; dependencies?: JsonSchema };
  const fields =
    not === undefined || Object.keys(not).join() !== 'required' ? [] : (not.required as string[]);
  const [first, second] = fields;
  if (first === undefined || second === undefined || fields.length > 2) return schema;
  return { ...rest, dependencies: { ...rest.dependencies, [first]: { properties: { [second]: false } } } };
}

/** Examples and defaults are values, whatever their fields are called. */
function keep(key: string, inner: unknown): unknown {
  return ['examples', 'default', 'enum', 'const'].includes(key) ? inner : normalOf(inner);
}

function loneReference(entries: readonly (readonly [string, unknown])[]): string | undefined {
  const list = entries.find(([key]) => key === 'allOf')?.[1];
  if (!Array.isArray(list) || list.length !== 1) return undefined;
  if (!entries.every(([key]) => BESIDE_REFERENCE.has(key))) return undefined;
  const [only] = list as readonly JsonSchema[];
  return Object.keys(only ?? {}).join() === '$ref' ? (only?.$ref as string) : undefined;
}
