// The fields of a schema as rows of a table, fields of fields with dotted names.
import { isSchema } from '../../engine/manifest/schema-keywords.ts';
import {
  annotation,
  fieldsOf,
  type SchemaReader,
  type Subschema,
  type View,
} from '../../engine/manifest/schema-view.ts';
import { inlineSnippet } from '../../engine/manifest/yaml-snippet.ts';

export interface FieldRow {
  readonly name: string;
  readonly type: string;
  /** `required`, the default, or nothing. */
  readonly needed: string;
  readonly description: string;
}

/** Every field below a schema, in its order, those of objects right after them. Recursion is followed once. */
export function fieldRows(
  part: Subschema,
  reader: SchemaReader,
  without: readonly string[],
): readonly FieldRow[] {
  return rowsOf(part, '', reader, without, new Set());
}

function rowsOf(
  part: Subschema,
  prefix: string,
  reader: SchemaReader,
  without: readonly string[],
  above: ReadonlySet<unknown>,
): readonly FieldRow[] {
  const view = everything(part, reader);
  const required = new Set(
    view.flatMap(({ schema }) => (Array.isArray(schema.required) ? schema.required : [])),
  );
  return [...fieldsOf(view)].flatMap(([name, field]) => {
    if (without.includes(name)) return [];
    const inner = everything(field, reader);
    const row = rowOf(`${prefix}${name}`, inner, required.has(name));
    const schemas = inner.map(({ schema }) => schema);
    if (schemas.some((schema) => above.has(schema))) return [row];
    return [row, ...innerRows(field, `${prefix}${name}`, inner, reader, new Set([...above, ...schemas]))];
  });
}

function innerRows(
  field: Subschema,
  name: string,
  view: View,
  reader: SchemaReader,
  above: ReadonlySet<unknown>,
): readonly FieldRow[] {
  // Members of a flow's three lists have sections of their own.
  if (/^spec\.(consumers|steps|producers)$/.test(name)) return [];
  const items = view.find(({ schema }) => isSchema(schema.items));
  if (items !== undefined) {
    const part = { schema: items.schema.items as Subschema['schema'], file: items.file };
    return rowsOf(part, `${name}[].`, reader, [], above);
  }
  const cases = casesOf(field, reader);
  if (cases.length === 0) return rowsOf(field, `${name}.`, reader, [], above);
  return cases.flatMap(([type, part]) => rowsOf(part, `${name}(${type}).`, reader, ['type'], above));
}

/** What `type` decides between: `[type, schema]`. */
function casesOf(field: Subschema, reader: SchemaReader): readonly (readonly [string, Subschema])[] {
  const union = reader
    .expand(field, undefined)
    .find(({ schema }) => Array.isArray(schema.allOf) && isSchema(schema.allOf[0]?.if));
  if (union === undefined) return [];
  return (union.schema.allOf as readonly Subschema['schema'][]).map((one) => {
    const { type } = (one.if as { properties: { type: { const: string } } }).properties;
    return [type.const, { schema: one.then as Subschema['schema'], file: union.file }];
  });
}

/** The view with both sides of every condition but those that `type` decides. */
function everything(part: Subschema, reader: SchemaReader): View {
  return reader.expand(part, undefined).flatMap((one) => {
    const { schema, file } = one;
    const sides = [schema.then, schema.else, ...(Array.isArray(schema.anyOf) ? schema.anyOf : [])].filter(
      isSchema,
    );
    return [one, ...sides.flatMap((side) => reader.expand({ schema: side, file }, undefined))];
  });
}

function rowOf(name: string, view: View, isRequired: boolean): FieldRow {
  const fallback = annotation(view, 'default');
  const isShown = fallback !== undefined && inlineSnippet(fallback) !== '{}';
  return {
    name,
    type: typeWords(view),
    needed: isRequired ? 'required' : isShown ? `\`${inlineSnippet(fallback)}\`` : '',
    description: String(annotation(view, 'description') ?? ''),
  };
}

const MARKS: readonly (readonly [keyword: string, word: string | ((value: unknown) => string)])[] = [
  ['x-ref', (kind) => (kind === 'node' ? 'target' : 'name')],
  ['x-duration', 'duration'],
  ['x-size', 'size'],
  ['x-secret', 'secret'],
  ['x-file', 'file'],
  ['x-regex', 'regular expression'],
  ['x-cron', 'cron expression'],
  [
    'x-expression',
    (value) => ({ jsonata: 'expression', template: 'template', path: 'path' })[String(value)] ?? 'text',
  ],
];

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'mapping',
};

function typeWords(view: View): string {
  for (const [keyword, word] of MARKS) {
    const value = annotation(view, keyword);
    if (value !== undefined) return typeof word === 'string' ? word : word(value);
  }
  const words = view.flatMap(({ schema }): readonly string[] => {
    if (Array.isArray(schema.enum))
      return schema.enum.map((value) => `\`${JSON.stringify(value).replace(/^"(.*)"$/, '$1')}\``);
    if ('const' in schema) return [`\`${String(schema.const)}\``];
    return [schema.type as string | string[] | undefined]
      .flat()
      .flatMap((type) => (type === undefined ? [] : [TYPES[type] ?? type]));
  });
  return words.length === 0 ? 'anything' : [...new Set(words)].join(', ');
}
