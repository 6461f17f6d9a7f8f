// Says in a few words what a value may be: `number`, `list of { sku, quantity }`.
import { leafOf, type ScalarKind, type Shape } from './shape.ts';

const WORDS: Readonly<Record<ScalarKind, string>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** More fields than these are only counted. */
const MAX_FIELDS = 8;

/** `anything` when nothing is known. */
export function describeShape(shape: Shape): string {
  if (shape.any) return 'anything';
  const parts = [
    ...new Set([...shape.scalars].map((kind) => WORDS[kind])),
    ...(shape.object === undefined ? [] : [describeFields([...shape.object.fields.keys()])]),
    ...(shape.items === undefined ? [] : [`list of ${describeShape(leafOf(shape.items))}`]),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' or ');
}

function describeFields(names: readonly string[]): string {
  if (names.length === 0) return 'object';
  const rest = names.length > MAX_FIELDS ? ` and ${names.length - MAX_FIELDS} more` : '';
  return `{ ${names.slice(0, MAX_FIELDS).join(', ')}${rest} }`;
}
