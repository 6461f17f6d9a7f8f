// What a schema says about one place of a document: follows references and conditions, so nobody else has to know JSON Schema.
import type { DocumentPath } from './document.ts';
import { conditionOf, isAbout, isSchema, listOf, typesOf } from './schema-keywords.ts';
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
  /** What each subschema comes to, worked out when it is first asked for. */
  readonly #expansions = new WeakMap<JsonSchema, Expansion>();
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
    let found = NOTHING;
    for (const { schema, file } of view) {
      const part = typeof step === 'number' ? schema.items : fieldSchema(schema, step);
      if (isSchema(part)) found = together(found, this.expand({ schema: part, file }, value));
    }
    return found;
  }

  /** A subschema with everything it refers to and every condition that holds for the value. What stands beside a reference only annotates. */
  expand(subschema: Subschema, value: unknown): View {
    const { schema } = subschema;
    let expansion = this.#expansions.get(schema);
    if (expansion === undefined) {
      expansion = this.#expansion(subschema);
      this.#expansions.set(schema, expansion);
    }
    return typeof expansion === 'function' ? expansion(value) : expansion;
  }

  #expansion({ schema, file }: Subschema): Expansion {
    if (typeof schema.$ref === 'string') {
      const target = this.resolve(schema.$ref, file);
      if (target === undefined) return NOTHING;
      const beside = Object.keys(schema).length > 1 ? [{ schema: { ...schema, $ref: undefined }, file }] : [];
      return joined([beside, this.#expansion(target)]);
    }
    const inner = (part: unknown) => (isSchema(part) ? this.#expansion({ schema: part, file }) : NOTHING);
    return joined([
      [{ schema, file }],
      ...listOf(schema.allOf).map(inner),
      ...listOf(schema.anyOf).map((branch) => this.#branch(branch, file)),
      isSchema(schema.if) ? this.#condition(schema.if, schema, file) : NOTHING,
    ]);
  }

  /** Of an `anyOf` apply those that are about values of this type at all. */
  #branch(branch: unknown, file: string): Expansion {
    if (!isSchema(branch)) return NOTHING;
    const schema = typeof branch.$ref === 'string' ? this.resolve(branch.$ref, file)?.schema : branch;
    const types = schema === undefined ? [] : typesOf(schema);
    return (value) => (isAbout(types, value) ? this.expand({ schema: branch, file }, value) : NOTHING);
  }

  #condition(condition: JsonSchema, schema: JsonSchema, file: string): Expansion {
    const holds = conditionOf(condition);
    return (value) => {
      const part = holds(value) ? schema.then : schema.else;
      return isSchema(part) ? this.expand({ schema: part, file }, value) : NOTHING;
    };
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
}

/** What a subschema comes to: for every value the same, or by the value. */
type Expansion = View | ((value: unknown) => View);

const NOTHING: View = [];

function together(one: View, other: View): View {
  if (one.length === 0) return other;
  return other.length === 0 ? one : [...one, ...other];
}

/** One after the other; what is the same for every value is put together only once. */
function joined(parts: readonly Expansion[]): Expansion {
  const merged: Expansion[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'object' && typeof last === 'object')
      merged[merged.length - 1] = together(last, part);
    else merged.push(part);
  }
  const [only = NOTHING] = merged;
  if (merged.length <= 1) return only;
  return (value) => {
    let view = NOTHING;
    for (const part of merged) view = together(view, typeof part === 'function' ? part(value) : part);
    return view;
  };
}

/** The first value of a keyword or annotation. */
export function annotation(view: View, keyword: string): unknown {
  // Asked a dozen times for every value of every manifest.
  for (const { schema } of view) if (schema[keyword] !== undefined) return schema[keyword];
  return undefined;
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

function fieldSchema(schema: JsonSchema, name: string): unknown {
  const properties = schema.properties as Record<string, unknown> | undefined;
  return properties !== undefined && Object.hasOwn(properties, name)
    ? properties[name]
    : schema.additionalProperties;
}
