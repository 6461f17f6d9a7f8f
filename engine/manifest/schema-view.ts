// What a schema says about one place of a document: follows references and conditions, so nobody else has to know JSON Schema.
import type { DocumentPath } from './document.ts';
import { type JsonSchema, ROOT_SCHEMA, type SchemaSet } from './schema-set.ts';

/** A subschema and the file its relative references start from. */
export interface Subschema {
  readonly schema: JsonSchema;
  readonly file: string;
}

/** Everything that applies to one value, outermost first: `description` of a reference wins over that of what it refers to. */
export type View = readonly Subschema[];

/** Reads a {@link SchemaSet}. Values are plain JSON; only draft-07 as the schemas of this project use it. */
export class SchemaReader {
  readonly #set: SchemaSet;
  /** By file and reference. */
  readonly #resolved = new Map<string, Subschema | undefined>();

  constructor(set: SchemaSet) {
    this.#set = set;
  }

  /** What applies to a whole manifest. */
  root(value: unknown): View {
    return this.file(ROOT_SCHEMA, value);
  }

  /** What applies to a value by the schema with this `$id`. */
  file(id: string, value: unknown): View {
    const schema = this.#set.schemas.get(id);
    return schema === undefined ? [] : this.expand({ schema, file: id }, value);
  }

  /** The views from the top of a document down to a path, ending early when the schema says nothing further down. */
  descend(value: unknown, path: DocumentPath): View {
    let view = this.root(value);
    let at = value;
    for (const step of path) {
      at = (at as Record<string | number, unknown> | null | undefined)?.[step];
      view = this.child(view, step, at);
    }
    return view;
  }

  /** What applies to a field or an item, given what applies to its parent. */
  child(view: View, step: string | number, value: unknown): View {
    return view.flatMap((parent) => {
      const schema = typeof step === 'number' ? parent.schema.items : fieldSchema(parent.schema, step);
      return isSchema(schema) ? this.expand({ schema, file: parent.file }, value) : [];
    });
  }

  /** A subschema with everything it refers to and every condition that holds for the value. What stands beside a reference only annotates. */
  expand(subschema: Subschema, value: unknown): View {
    const { schema, file } = subschema;
    if (typeof schema.$ref === 'string') {
      const target = this.resolve(schema.$ref, file);
      const beside = Object.keys(schema).length > 1 ? [{ schema: { ...schema, $ref: undefined }, file }] : [];
      return target === undefined ? [] : [...beside, ...this.expand(target, value)];
    }
    const inner = (part: unknown) => (isSchema(part) ? this.expand({ schema: part, file }, value) : []);
    return [
      subschema,
      ...listOf(schema.allOf).flatMap(inner),
      ...listOf(schema.anyOf)
        .filter((branch) => this.#mayApply(branch, file, value))
        .flatMap(inner),
      ...(isSchema(schema.if) ? inner(holds(schema.if, value) ? schema.then : schema.else) : []),
    ];
  }

  /** What a `$ref` in a file refers to, undefined when there is no such thing. */
  resolve(ref: string, file: string): Subschema | undefined {
    const key = `${file} ${ref}`;
    if (!this.#resolved.has(key)) this.#resolved.set(key, this.#follow(ref, file));
    return this.#resolved.get(key);
  }

  #follow(ref: string, file: string): Subschema | undefined {
    const [relative, pointer = ''] = ref.split('#') as [string, string?];
    const id = relative === '' ? file : new URL(relative, `file:///${file}`).pathname.slice(1);
    let schema: unknown = this.#set.schemas.get(id);
    for (const step of pointer.split('/').slice(1)) {
      schema = (schema as Record<string, unknown> | undefined)?.[
        step.replaceAll('~1', '/').replaceAll('~0', '~')
      ];
    }
    return isSchema(schema) ? { schema, file: id } : undefined;
  }

  /** Whether a branch of `anyOf` is about values of this type at all. */
  #mayApply(branch: unknown, file: string, value: unknown): boolean {
    if (!isSchema(branch)) return false;
    const schema = typeof branch.$ref === 'string' ? this.resolve(branch.$ref, file)?.schema : branch;
    const types = schema === undefined ? [] : typesOf(schema);
    return (
      types.length === 0 ||
      types.includes(typeOf(value)) ||
      (types.includes('integer') && typeof value === 'number')
    );
  }
}

/** The first value of a keyword or annotation. */
export function annotation(view: View, keyword: string): unknown {
  return view.find(({ schema }) => schema[keyword] !== undefined)?.schema[keyword];
}

/** The fields that an object may have, by name; empty when the schema does not list them. */
export function fieldsOf(view: View): ReadonlyMap<string, Subschema> {
  const fields = new Map<string, Subschema>();
  for (const { schema, file } of view) {
    for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
      if (isSchema(field) && !fields.has(name)) fields.set(name, { schema: field, file });
    }
  }
  return fields;
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

function fieldSchema(schema: JsonSchema, name: string): unknown {
  const properties = schema.properties as Record<string, unknown> | undefined;
  return properties !== undefined && Object.hasOwn(properties, name)
    ? properties[name]
    : schema.additionalProperties;
}

/** Whether an `if` holds; of the keywords only those that conditions of this project use. */
function holds(condition: JsonSchema, value: unknown): boolean {
  if (typeOf(value) !== 'object') return true;
  const object = value as Record<string, unknown>;
  const { properties = {}, required, anyOf, not } = condition as Record<string, unknown>;
  return (
    listOf(required).every((name) => Object.hasOwn(object, String(name))) &&
    Object.entries(properties as object).every(([name, wanted]) =>
      fits(object, name, wanted as JsonSchema),
    ) &&
    (anyOf === undefined || listOf(anyOf).some((branch) => isSchema(branch) && holds(branch, value))) &&
    (!isSchema(not) || !holds(not, value))
  );
}

function fits(
  object: Record<string, unknown>,
  name: string,
  { const: wanted, enum: among }: JsonSchema,
): boolean {
  if (!Object.hasOwn(object, name)) return true;
  if (among !== undefined) return listOf(among).includes(object[name]);
  return wanted === undefined || object[name] === wanted;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a branch that says only that they are needed, undefined for any other schema. */
export function neededFields(branch: unknown): readonly string[] | undefined {
  if (!isSchema(branch) || !Array.isArray(branch.required)) return undefined;
  const rules = Object.keys(branch).filter((keyword) => keyword !== 'errorMessage');
  return rules.length === 1 ? (branch.required as string[]) : undefined;
}
