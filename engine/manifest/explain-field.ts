// Explains a field of a manifest by its dotted path, from the schemas.
import { builtinSchemas, type JsonSchema } from './schema-set.ts';

/**
 * `flow.spec.delivery`, `steps.map`, `steps.filter.rules`, `connectors.http.consumer.auth`. Undefined when there is no such thing. The
 * answer is plain text: description, type, default, example, and the fields below.
 */
export function explainField(path: string): string | undefined {
  const { schemas } = builtinSchemas();
  const start = entryOf(path.split('.'), schemas);
  if (start === undefined) return undefined;
  let place = start.place;
  for (const name of start.rest) {
    const next = memberOf(place, name, schemas);
    if (next === undefined) return undefined;
    place = next;
  }
  return render(path, place, schemas);
}

type Schemas = ReadonlyMap<string, JsonSchema>;

/** A schema and the file it stands in, which relative references start from. */
interface Place {
  readonly schema: JsonSchema;
  readonly file: string;
}

function entryOf(
  path: readonly string[],
  schemas: Schemas,
): { readonly place: Place; readonly rest: readonly string[] } | undefined {
  const [first = '', second = '', third = '', ...rest] = path;
  if (first === 'connectors') {
    const file = `connectors/${second}.schema.json`;
    const role = (schemas.get(file)?.definitions as Readonly<Record<string, JsonSchema>> | undefined)?.[
      third
    ];
    return role === undefined ? undefined : { place: { schema: role, file }, rest };
  }
  const file = first === 'steps' ? `steps/${second}.schema.json` : `${first.toLowerCase()}.schema.json`;
  const schema = schemas.get(file);
  return schema === undefined
    ? undefined
    : { place: { schema, file }, rest: path.slice(first === 'steps' ? 2 : 1) };
}

function memberOf(place: Place, name: string, schemas: Schemas): Place | undefined {
  const { schema, file } = resolved(place, schemas);
  const properties = schema.properties as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties !== undefined && Object.hasOwn(properties, name))
    return { schema: properties[name] as JsonSchema, file };
  const items = schema.items as JsonSchema | undefined;
  return items === undefined ? undefined : memberOf({ schema: items, file }, name, schemas);
}

/** Follows `$ref`, also inside a lone `allOf`; what stands beside the reference wins. */
function resolved(place: Place, schemas: Schemas): Place {
  const { schema, file } = place;
  const reference =
    schema.$ref ??
    (schema.allOf as readonly JsonSchema[] | undefined)?.find((one) => one.$ref !== undefined)?.$ref;
  if (typeof reference !== 'string') return place;
  const [target = '', pointer = ''] = reference.split('#');
  const targetFile = target === '' ? file : new URL(target, `file:///${file}`).pathname.slice(1);
  let found: unknown = schemas.get(targetFile);
  for (const key of pointer.split('/').filter((part) => part !== ''))
    found = (found as JsonSchema | undefined)?.[key];
  if (found === undefined) return place;
  const inner = resolved({ schema: found as JsonSchema, file: targetFile }, schemas);
  return { schema: { ...inner.schema, ...schema }, file: inner.file };
}

function render(path: string, place: Place, schemas: Schemas): string {
  const { schema, file } = resolved(place, schemas);
  const properties = Object.entries(
    (schema.properties as Readonly<Record<string, JsonSchema>> | undefined) ?? {},
  );
  const required = new Set((schema.required as readonly string[] | undefined) ?? []);
  const fields = properties.map(([name, member]) => {
    const { schema: field } = resolved({ schema: member, file }, schemas);
    const facts = [
      required.has(name) ? 'required' : '',
      field.default === undefined ? '' : `default ${JSON.stringify(field.default)}`,
    ].filter((fact) => fact !== '');
    return `  ${name.padEnd(18)} ${String(field.description ?? field.const ?? '')}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
  });
  const example = (schema.examples as readonly unknown[] | undefined)?.[0];
  return [
    path,
    '',
    String(schema.description ?? ''),
    typeOf(schema),
    schema.default === undefined ? '' : `default: ${JSON.stringify(schema.default)}`,
    example === undefined ? '' : `example: ${JSON.stringify(example)}`,
    ...(fields.length > 0 ? ['', 'fields:', ...fields] : []),
  ]
    .filter((line, index) => line !== '' || index === 1)
    .join('\n');
}

function typeOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return `one of: ${schema.enum.map(String).join(', ')}`;
  if (schema['x-duration'] === true) return 'type: duration';
  if (schema['x-size'] === true) return 'type: size';
  return schema.type === undefined ? '' : `type: ${[schema.type].flat().join(' or ')}`;
}
