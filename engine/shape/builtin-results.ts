// What JSONata's own functions give, as far as it follows from what they get.
import {
  ANY,
  fieldNames,
  leafOf,
  listOf,
  NOTHING,
  objectOf,
  oneOf,
  perhapsMany,
  type Shape,
  scalar,
  union,
  unionOf,
} from './shape.ts';

const STRING = scalar('string');
const NUMBER = scalar('number');
const BOOLEAN = scalar('boolean');

type Result = (args: readonly Shape[]) => Shape;

const always =
  (shape: Shape): Result =>
  () =>
    shape;

function each(names: string, result: Result): readonly (readonly [string, Result])[] {
  return names.split(' ').map((name) => [name, result]);
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ...each(
    'string substring substringBefore substringAfter uppercase lowercase trim pad join replace now fromMillis type ' +
      'base64encode base64decode formatNumber formatBase formatInteger encodeUrl encodeUrlComponent decodeUrl decodeUrlComponent',
    always(STRING),
  ),
  ...each(
    'number abs floor ceil round power sqrt random sum max min average count length millis toMillis parseInteger',
    always(NUMBER),
  ),
  ...each('boolean not exists contains', always(BOOLEAN)),
  ...each('split', always(listOf(STRING))),
  ...each('sort reverse distinct shuffle filter', ([list = ANY]) => union(list, listOf(oneOf(list)))),
  ...each('single', ([list = ANY]) => oneOf(list)),
  ...each('append', (args) => perhapsMany(unionOf(args.map(oneOf)))),
  ...each('merge', ([list = ANY]) => merged(leafOf(list))),
  ...each('keys', ([value = ANY]) => (fieldNames(value).length === 0 ? ANY : union(STRING, listOf(STRING)))),
]);

/** What a call of the function with this name gives; anything for those that are not known. */
export function resultOf(name: string, args: readonly Shape[]): Shape {
  return RESULTS.get(name)?.(args) ?? ANY;
}

/** All fields of all items in one object. */
function merged(item: Shape): Shape {
  return item.any || item.object === undefined ? ANY : objectOf(item.object.fields, item.object.open);
}

/** Of functions that call another for every item: which argument is the list. */
export const OVER_ITEMS: ReadonlySet<string> = new Set(['map', 'filter', 'single', 'sort']);

/** Of those, which give what the other function gives. */
export function mapped(result: Shape): Shape {
  return result === NOTHING ? NOTHING : union(result, listOf(oneOf(result)));
}
