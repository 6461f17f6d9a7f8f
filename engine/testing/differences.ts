// Compares a value with the one that was expected, exactly or in part, and names every place where they differ.

/** One place. `path` is as JSONata would write it: `lines[1].item`, empty for the whole. */
export interface Difference {
  readonly path: string;
  readonly expected: Side;
  readonly actual: Side;
}

/** A value, or nothing there at all. */
export type Side = { readonly value: unknown } | 'nothing' | 'anything else';

/** Of a whole; a value that differs everywhere is one difference. */
const maxDifferences = 20;

/** Both as JSON has them. `part`: fields that are not expected may be there. */
export function differencesBetween(
  expected: unknown,
  actual: unknown,
  how: 'exact' | 'part',
): readonly Difference[] {
  const found: Difference[] = [];
  compare({ expected, actual, path: '', how, found });
  return found;
}

interface Comparison {
  readonly expected: unknown;
  readonly actual: unknown;
  readonly path: string;
  readonly how: 'exact' | 'part';
  readonly found: Difference[];
}

function compare(comparison: Comparison): void {
  const { expected, actual, path, found } = comparison;
  if (found.length >= maxDifferences) return;
  if (isRecord(expected) && isRecord(actual)) compareRecords(comparison, expected, actual);
  else if (Array.isArray(expected) && Array.isArray(actual)) compareLists(comparison, expected, actual);
  else if (!Object.is(expected, actual) && !(expected === 0 && actual === 0))
    found.push({ path, expected: sideOf(expected), actual: sideOf(actual) });
}

function compareRecords(
  comparison: Comparison,
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): void {
  const { path, how, found } = comparison;
  const extra = how === 'part' ? [] : Object.keys(actual).filter((name) => !Object.hasOwn(expected, name));
  for (const name of Object.keys(expected)) {
    const inner = fieldPath(path, name);
    if (Object.hasOwn(actual, name))
      compare({ ...comparison, expected: expected[name], actual: actual[name], path: inner });
    else found.push({ path: inner, expected: { value: expected[name] }, actual: 'nothing' });
  }
  for (const name of extra)
    found.push({ path: fieldPath(path, name), expected: 'nothing', actual: { value: actual[name] } });
}

function compareLists(
  comparison: Comparison,
  expected: readonly unknown[],
  actual: readonly unknown[],
): void {
  const { path, found } = comparison;
  for (let index = 0; index < Math.max(expected.length, actual.length); index++) {
    const inner = `${path}[${index}]`;
    if (index >= actual.length)
      found.push({ path: inner, expected: { value: expected[index] }, actual: 'nothing' });
    else if (index >= expected.length)
      found.push({ path: inner, expected: 'nothing', actual: { value: actual[index] } });
    else compare({ ...comparison, expected: expected[index], actual: actual[index], path: inner });
  }
}

function sideOf(value: unknown): Side {
  return value === undefined ? 'nothing' : { value };
}

function fieldPath(path: string, name: string): string {
  const step = /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``;
  return path === '' ? step : `${path}.${step}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
