// What editors read in the schemas beside the rules: Markdown for hovers, a line for each choice, snippets. All of it is made from
// descriptions and examples.
import { isSchema, neededFields } from '../../engine/manifest/schema-keywords.ts';
import type { JsonSchema, SchemaSet } from '../../engine/manifest/schema-set.ts';
import { annotation, SchemaReader, type View } from '../../engine/manifest/schema-view.ts';
import { exampleOf } from '../../engine/manifest/schema-words.ts';
import { exampleSnippet, fieldSnippet } from '../../engine/manifest/yaml-snippet.ts';
import { normalSchema } from './normal-schema.ts';
import { snippetBody } from './snippet-body.ts';

/** The set with annotations brought up to date. Running it twice changes nothing. */
export function withEditorAnnotations(set: SchemaSet): SchemaSet {
  const schemas = new Map([...set.schemas].map(([id, schema]) => [id, normalSchema(schema)]));
  const annotator = new Annotator(new SchemaReader({ ...set, schemas }));
  return {
    ...set,
    schemas: new Map([...schemas].map(([id, schema]) => [id, annotator.annotate(schema, id, {})])),
  };
}

/** What stands around a schema. */
interface Around {
  /** The name of the field whose value it describes. */
  readonly field?: string;
  /** When the field decides between cases: the schema of each, by value. */
  readonly cases?: ReadonlyMap<unknown, JsonSchema>;
}

/** Values of these have words of their own on how to write them. */
const WORDED = ['x-duration', 'x-size', 'x-expression', 'x-secret'];

/** Keywords whose value holds no schema of a value that a person writes. */
const OPAQUE = new Set(['examples', 'default', 'enum', 'const', 'required', 'not', 'if']);

class Annotator {
  readonly #reader: SchemaReader;

  constructor(reader: SchemaReader) {
    this.#reader = reader;
  }

  annotate(schema: JsonSchema, file: string, around: Around): JsonSchema {
    const entries = Object.entries(schema).flatMap(([key, part]) => {
      const entry = [key, this.#inner(schema, key, part, file)] as const;
      if (key === 'pattern' && schema.description !== undefined)
        return [entry, ['patternErrorMessage', formWords(schema, around)] as const];
      if (key === 'description') return [entry, ...this.#markdown(schema, file, around)];
      return key === 'enum' ? [entry, ...this.#choices(part, file, around)] : [entry];
    });
    return Object.fromEntries([...entries, ...this.#snippets(schema, file)]);
  }

  #inner(schema: JsonSchema, key: string, value: unknown, file: string): unknown {
    const part = key === 'anyOf' ? withChoice(value as readonly unknown[]) : value;
    if (OPAQUE.has(key)) return part;
    if (key === 'dependencies') return withExclusions(part as JsonSchema);
    if (key === 'properties' || key === 'definitions') {
      const entries = Object.entries(part as object).map(([name, one]) => {
        if (!isSchema(one)) return [name, one];
        if (key === 'definitions') return [name, this.annotate(one, file, {})];
        if ('const' in one && schema.examples !== undefined) return [name, withExample(one, schema)];
        const cases = casesOf(schema, name);
        return [
          name,
          this.annotate(cases.size === 0 ? one : withoutWords(one), file, { field: name, cases }),
        ];
      });
      return Object.fromEntries(entries);
    }
    const annotated = (one: unknown) => (isSchema(one) ? this.annotate(one, file, {}) : one);
    return Array.isArray(part) ? part.map(annotated) : annotated(part);
  }

  /** The description with code left as code, how to write such a value, and an example unless `examples` has some. */
  #markdown(schema: JsonSchema, file: string, { field }: Around): readonly Keyword[] {
    const view = this.#reader.expand({ schema, file }, undefined);
    const words = [String(schema.description), ...typeWords(schema, view)];
    const example = annotation(view, 'examples') === undefined ? exampleOf(view) : undefined;
    const shown = typeof example === 'boolean' ? !example : example;
    if (field !== undefined && shown !== undefined && !isSchema(shown))
      words.push(fenced(fieldSnippet(field, shown)));
    return [['markdownDescription', words.join('\n\n')]];
  }

  #choices(values: unknown, file: string, { cases }: Around): readonly Keyword[] {
    if (cases === undefined || cases.size === 0) return [];
    const lines = (values as readonly unknown[]).map((value) => {
      const schema = cases.get(value);
      return schema === undefined ? '' : this.#description(schema, file);
    });
    return [['markdownEnumDescriptions', lines]];
  }

  /** For a list of things that have cases: each case written out. */
  #snippets(schema: JsonSchema, file: string): readonly Keyword[] {
    if (schema.type !== 'array' || !isSchema(schema.items)) return [];
    const [items] = this.#reader.expand({ schema: schema.items, file }, undefined);
    if (items === undefined) return [];
    const snippets = [...casesOf(items.schema, 'type').values()].flatMap((one) => {
      const view = this.#reader.expand({ schema: one, file: items.file }, undefined);
      const [example] = (annotation(view, 'examples') ?? []) as readonly unknown[];
      const title = String(annotation(view, 'title'));
      const description = this.#description(one, items.file);
      const markdownDescription = `${description}\n\n${fenced(exampleSnippet([example]))}`;
      const body = snippetBody(example, view, this.#reader);
      return example === undefined ? [] : [{ label: `new ${title}`, markdownDescription, body }];
    });
    return snippets.length === 0 ? [] : [['defaultSnippets', snippets]];
  }

  #description(schema: JsonSchema, file: string): string {
    return String(annotation(this.#reader.expand({ schema, file }, undefined), 'description') ?? '');
  }
}

type Keyword = readonly [keyword: string, value: unknown];

/** What the values of a field decide between, by the `if` and `then` beside it. */
function casesOf({ allOf }: JsonSchema, field: string): ReadonlyMap<unknown, JsonSchema> {
  const cases = Array.isArray(allOf) ? (allOf as readonly JsonSchema[]) : [];
  const found = cases.flatMap((one): (readonly [unknown, JsonSchema])[] => {
    const condition = one.if as { readonly properties?: Readonly<Record<string, JsonSchema>> } | undefined;
    const value = condition?.properties?.[field]?.const;
    return value !== undefined && isSchema(one.then) ? [[value, one.then]] : [];
  });
  return new Map(found);
}

/** The field that says what the whole is: there the editor shows what that does and how it is written. */
function withExample(field: JsonSchema, { description, examples }: JsonSchema): JsonSchema {
  const example = fenced(exampleSnippet((examples as readonly unknown[])[0]));
  return { ...field, markdownDescription: `${String(description)}\n\n${example}` };
}

/** A type of its own says how it is written; a field says what it is for. */
function formWords({ description, pattern }: JsonSchema, { field }: Around): string {
  return field === undefined
    ? String(description)
    : `${String(description)} It has to match ${String(pattern)}`;
}

/** Where one of several fields is needed, an editor would call the first of them missing. */
function withChoice(branches: readonly unknown[]): readonly unknown[] {
  const fields = branches.map(neededFields);
  if (!fields.every((list) => list !== undefined)) return branches;
  const names = fields.map((list) => list.join(' with '));
  const errorMessage = `One of these fields is needed: ${names.join(', ')}.`;
  return branches.map((branch) => ({ ...(branch as JsonSchema), errorMessage }));
}

function withExclusions(dependencies: JsonSchema): JsonSchema {
  const entries = Object.entries(dependencies).map(([field, needs]) => {
    const [other] = isSchema(needs) ? Object.keys(Object(needs.properties)) : [];
    if (other === undefined) return [field, needs];
    return [field, { ...(needs as JsonSchema), errorMessage: `${other} and ${field} exclude each other.` }];
  });
  return Object.fromEntries(entries);
}

/** Without a description, an editor shows that of the case the value decides for. */
function withoutWords({ description: _, ...field }: JsonSchema): JsonSchema {
  return field;
}

/** What the reference says about how such a value is written, when the field says only what it is for. */
function typeWords(schema: JsonSchema, view: View): readonly string[] {
  if (schema.$ref === undefined || !WORDED.some((keyword) => annotation(view, keyword) !== undefined))
    return [];
  const words = view.flatMap((one) =>
    typeof one.schema.description === 'string' ? [one.schema.description] : [],
  );
  return words.filter((text) => text !== schema.description).slice(0, 1);
}

function fenced(yaml: string): string {
  return `\`\`\`yaml\n${yaml}\n\`\`\``;
}
