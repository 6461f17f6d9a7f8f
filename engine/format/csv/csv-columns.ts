// The columns of CSV: their names checked, their fields typed.
import { csvProblem } from './csv-error.ts';
import type { CsvType } from './csv-options.ts';

const maxColumns = 10_000;

/** Two columns of one name would silently become one. `typed`: columns that must be there. */
export function checkedColumns(names: readonly string[], typed: readonly string[]): readonly string[] {
  if (names.length > maxColumns) throw csvProblem(`it has more than ${maxColumns} columns`, 1);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      throw csvProblem(
        `the header names the column ${JSON.stringify(name)} twice; give the names yourself with \`header: [...]\``,
        1,
      );
    }
    seen.add(name);
  }
  if (seen.has('__proto__')) throw csvProblem('a column cannot be called __proto__', 1);
  const missing = typed.find((name) => !seen.has(name));
  if (missing !== undefined)
    throw csvProblem(`there is no column ${JSON.stringify(missing)}, which \`types\` names`, 1);
  return names;
}

/** An empty field is null: it is neither a number nor a truth value. */
export function typedField(
  text: string,
  type: CsvType,
  column: string,
  line: number,
): number | boolean | null {
  const plain = text.trim();
  if (plain === '') return null;
  const value = type === 'number' ? toNumber(plain) : truths.get(plain.toLowerCase());
  if (value !== undefined) return value;
  throw csvProblem(`${JSON.stringify(text.slice(0, 40))} in the column ${column} is not a ${type}`, line);
}

function toNumber(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['yes', true],
  ['no', false],
  ['1', true],
  ['0', false],
]);
