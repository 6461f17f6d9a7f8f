// The words for what a schema says: names of types, owners of fields, examples to copy.
import { listNames } from '../diagnostics/did-you-mean.ts';
import type { DocumentPath } from './document.ts';
import { annotation, fieldsOf, type SchemaReader, type Subschema, type View } from './schema-view.ts';
import { fieldSnippet } from './yaml-snippet.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'nothing',
};

/** `a text or a list`. */
export function typeWords(types: readonly string[]): string {
  const words = types.map((type) => TYPES[type] ?? type);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What a value is called in a message: `the map step summary`, `spec.delivery`, `the manifest`. */
export function ownerWords(view: View, path: DocumentPath, value: unknown): string {
  const role = roleOf(path);
  if (role === undefined) return path.length === 0 ? 'the manifest' : `\`${pathWords(path)}\``;
  const { name, type } = (value ?? {}) as { name?: unknown; type?: unknown };
  const known = view.length > 1 && typeof type === 'string' ? `${type} ` : '';
  return typeof name === 'string' ? `the ${known}${role} \`${name}\`` : `this ${known}${role}`;
}

/** What a kind of thing is called: `a map step`, `an http consumer`, `spec.delivery`. */
export function kindWords(path: DocumentPath, value: unknown): string {
  const role = roleOf(path);
  if (role === undefined) return path.length === 0 ? 'a manifest' : `\`${pathWords(path)}\``;
  const type = String((value as { type?: unknown } | null)?.type ?? '');
  return `${/^[aeio]|^http|^s3|^x/.test(type) ? 'an' : 'a'} ${type === '' ? '' : `${type} `}${role}`;
}

function roleOf(path: DocumentPath): string | undefined {
  const [spec, list] = path;
  const roles: Readonly<Record<string, string>> = {
    consumers: 'consumer',
    steps: 'step',
    producers: 'producer',
  };
  return path.length === 3 && spec === 'spec' ? roles[String(list)] : undefined;
}

/** `spec.delivery.backoff`, `spec.steps[0].routes[1]`. */
export function pathWords(path: DocumentPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** Every field that may stand there, required ones first. */
export function legalFields(view: View): readonly string[] {
  const required = new Set(
    view.flatMap(({ schema }) => (Array.isArray(schema.required) ? (schema.required as string[]) : [])),
  );
  const names = [...fieldsOf(view).keys()];
  return [...names.filter((name) => required.has(name)), ...names.filter((name) => !required.has(name))];
}

/** `A map step has the fields …`, undefined when the schema lists none. */
export function legalFieldsHelp(view: View, path: DocumentPath, value: unknown): string | undefined {
  const fields = legalFields(view);
  if (fields.length === 0) return undefined;
  const kind = kindWords(path, value);
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} has ${listNames(fields, 30).replace(/ or (`[^`]+`)$/, ' and $1')}.`;
}

/** The description of a field and how to write it. */
export function fieldHelp(reader: SchemaReader, name: string, field: Subschema): string {
  const view = reader.expand(field, undefined);
  const description = String(annotation(view, 'description') ?? '');
  const example = exampleOf(view);
  const lead = `Add \`${name}\`${description === '' ? '.' : `: ${description}`}`;
  return example === undefined ? lead : `${lead}\n${fieldSnippet(name, example)}`;
}

/** A value to copy: the first example, else the default, else a value of the list. */
export function exampleOf(view: View): unknown {
  const examples = annotation(view, 'examples') as readonly unknown[] | undefined;
  if (examples !== undefined) return blockText(view, examples[0]);
  const fallback = annotation(view, 'default');
  if (fallback !== undefined) return fallback;
  return (annotation(view, 'enum') as readonly unknown[] | undefined)?.[0] ?? annotation(view, 'const');
}

/** Expressions are shown as block scalars: a line break at the end makes them one. */
function blockText(view: View, example: unknown): unknown {
  const isExpression = annotation(view, 'x-expression') === 'jsonata';
  return isExpression && typeof example === 'string' && !example.endsWith('\n') ? `${example}\n` : example;
}
