// Mistakes that people make in JSONata, one at a time: a comparison the wrong way round, a field by another name, a changed text.

/** An expression with one mistake. */
export interface ExpressionFault {
  readonly description: string;
  readonly source: string;
}

const token =
  /(?<space>\s+|\/\*[\s\S]*?\*\/)|(?<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<name>`[^`]+`|[A-Za-z_]\w*)|(?<variable>\$\w*)|(?<number>\d+(?:\.\d+)?)|(?<sign>:=|!=|>=|<=|[^\s\w])/g;

const swaps: Readonly<Record<string, readonly string[]>> = {
  '=': ['!='],
  '!=': ['='],
  '>': ['<', '>='],
  '<': ['>', '<='],
  '>=': ['<', '>'],
  '<=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  and: ['or'],
  or: ['and'],
};

const words = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** Every expression with one token changed. Comments stay. */
export function expressionFaults(source: string): readonly ExpressionFault[] {
  return [...source.matchAll(token)].flatMap((match) => {
    const [found] = match;
    const replace = (by: string, what: string): ExpressionFault => ({
      description: `${what} ${found} → ${by}`,
      source: source.slice(0, match.index) + by + source.slice(match.index + found.length),
    });
    return changesOf(match.groups ?? {}, found).map(([by, what]) => replace(by, what));
  });
}

type Change = readonly [by: string, what: string];

function changesOf(groups: Readonly<Record<string, string | undefined>>, found: string): readonly Change[] {
  const swapped = (swaps[found] ?? []).map((by): Change => [by, 'operator']);
  if (groups.name !== undefined && !words.has(found)) return [[renamed(found), 'field']];
  if (groups.text !== undefined) return [[`${found.slice(0, -1)}~${found.at(-1)}`, 'text']];
  if (groups.number !== undefined) return [[String(Number(found) + 1), 'number']];
  return swapped;
}

function renamed(name: string): string {
  return name.startsWith('`') ? `${name.slice(0, -1)}~\`` : `${name}_`;
}
