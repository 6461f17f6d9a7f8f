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

/** What a place of a document is called: `the map step summary`, `timeout of the http producer api`, `spec.delivery`, `the manifest`. */
export function placeWords(root: unknown, path: DocumentPath): string {
  const role = roleOf(path);
  if (role === undefined) return path.length === 0 ? 'the manifest' : `\`${pathWords(path)}\``;
  const owner = path.slice(0, 3).reduce<unknown>((at, step) => (at as Fields | undefined)?.[step], root);
  const { name, type } = (owner ?? {}) as { name?: unknown; type?: unknown };
  const kind = typeof type === 'string' ? `${type} ${role}` : role;
  const words = typeof name === 'string' ? `the ${kind} \`${name}\`` : `this ${kind}`;
  return path.length === 3 ? words : `\`${pathWords(path.slice(3))}\` of ${words}`;
}

type Fields = Readonly<Record<string | number, unknown>>;

/** What a kind of thing is called: `a map step`, `an http consumer`, `delivery`. */
export function kindWords(path: DocumentPath, value: unknown): string {
  const role = roleOf(path);
  if (path.length === 0) return 'a manifest';
  if (role === undefined || path.length > 3)
    return `\`${pathWords(role === undefined ? path : path.slice(3))}\``;
  const type = String((value as { type?: unknown } | null)?.type ?? '');
  return `${/^[aeio]|^http|^s3|^x/.test(type) ? 'an' : 'a'} ${type === '' ? '' : `${type} `}${role}`;
}

/** The role of the node that a path leads to or into. */
function roleOf(path: DocumentPath): string | undefined {
  const [spec, list, index] = path;
  const roles: Readonly<Record<string, string>> = {
    consumers: 'consumer',
    steps: 'step',
    producers: 'producer',
  };
  return spec === 'spec' && typeof index === 'number' ? roles[String(list)] : undefined;
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
  return `${sentence(kind)} has ${listNames(fields, 30).replace(/ or (`[^`]+`)$/, ' and $1')}.`;
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

/** With a capital letter at the beginning. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
