// How many arguments each built-in function takes (jsonata 2.2; builtin-arity.test.ts holds the table against the package).

/** The fewest and the most that may be written. What can come from the context, or be left out, need not be. */
export interface Arity {
  readonly least: number;
  readonly most: number;
}

const names: Readonly<Record<string, string>> = {
  '0': 'random millis',
  '0-1':
    'lowercase uppercase length trim number floor ceil abs sqrt boolean not keys spread error base64encode base64decode ' +
    'encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl clone',
  '0-2': 'string formatBase round sift toMillis now',
  '0-3': 'fromMillis',
  '1': 'sum count max min average exists merge reverse type shuffle distinct',
  '1-2':
    'substringBefore substringAfter contains join formatInteger parseInteger power single lookup each assert sort eval',
  '1-3': 'substring pad match split formatNumber',
  '1-': 'zip',
  '2': 'map filter append',
  '2-3': 'reduce',
  '2-4': 'replace',
};

export const builtinArity: ReadonlyMap<string, Arity> = new Map(
  Object.entries(names).flatMap(([range, functions]) => {
    const [least = '0', most = least] = range.split('-');
    const arity = { least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) };
    return functions.split(' ').map((name) => [name, arity] as const);
  }),
);

/** `2 arguments`, `1 to 3 arguments`, `1 or more arguments`. */
export function describeArity({ least, most }: Arity): string {
  if (most === Number.POSITIVE_INFINITY) return `${least} or more arguments`;
  const count =
    least === most ? `${least}` : most === least + 1 ? `${least} or ${most}` : `${least} to ${most}`;
  return `${count} ${most === 1 ? 'argument' : 'arguments'}`;
}
