// Three-way comparison of one object: as asked for now, as applied (asked then, and the server's answer), as it is.
import { isSameJson } from '../compile/canonical-json.ts';
import type { Json } from '../compile/program.ts';
import type { FieldChange } from './plan.ts';
import type { Applied, Deviation } from './state.ts';

export interface Comparison {
  /** What has to be changed, from live to asked. */
  readonly fields: readonly FieldChange[];
  /** What somebody changed since it was applied, from answer to live. */
  readonly drift: readonly FieldChange[];
}

interface Live {
  readonly spec: object;
  readonly deviations: readonly Deviation[];
}

const same: Comparison = { fields: [], drift: [] };

/** So it is with almost all of thousands of objects, and told without taking them apart. */
function isAsAsked(asked: object, { spec, deviations }: Live): boolean {
  return deviations.length === 0 && isSameJson(asked, spec);
}

/**
 * Only fields that are asked for (now or then) are compared. What the server made of an asked value is no difference as long as
 * neither side changed since.
 */
export function compareSpecs(asked: object, applied: Applied<object> | undefined, live: Live): Comparison {
  if (isAsAsked(asked, live)) return same;
  const now = flatten(asked);
  const then = applied === undefined ? undefined : flatten(applied.asked);
  const actual = withDeviations(flatten(live.spec), live.deviations);
  for (const { path, ours } of live.deviations) now.set(path, ours);
  const fields: FieldChange[] = [];
  const drift: FieldChange[] = [];
  for (const path of [...new Set([...now.keys(), ...(then?.keys() ?? [])])].sort()) {
    const isDeviation = live.deviations.some((deviation) => deviation.path === path);
    const answer = applied?.answer?.[path] ?? (isDeviation ? now.get(path) : then?.get(path));
    const isAskedAnew = !isDeviation && !isSameJson(now.get(path), then?.get(path));
    const isTouched = applied !== undefined && !isSameJson(actual.get(path), answer);
    if (isSameJson(now.get(path), actual.get(path))) continue;
    if (isTouched) drift.push(fieldChange(path, answer, actual.get(path)));
    if (isTouched || isAskedAnew || applied === undefined)
      fields.push(fieldChange(path, actual.get(path), now.get(path)));
  }
  return { fields, drift };
}

/** Where the server's answer differs from what was asked for; undefined when nowhere. */
export function answerOf(asked: object, live: Live): Readonly<Record<string, Json>> | undefined {
  if (isAsAsked(asked, live)) return undefined;
  const actual = flatten(live.spec);
  const different = [...flatten(asked)].filter(([path, value]) => !isSameJson(value, actual.get(path)));
  const entries = [
    ...different.map(([path]) => [path, actual.get(path) ?? null] as const),
    ...live.deviations.map(({ path, live: value }) => [path, value] as const),
  ];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function fieldChange(path: string, before: Json | undefined, after: Json | undefined): FieldChange {
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** Leaves by dotted path; a list is a leaf. */
export function flatten(value: object, prefix = ''): Map<string, Json> {
  const leaves = new Map<string, Json>();
  for (const [name, member] of Object.entries(value) as [string, Json | undefined][]) {
    if (member === undefined || (prefix === '' && name === 'kind')) continue;
    if (member !== null && typeof member === 'object' && !Array.isArray(member))
      for (const [path, leaf] of flatten(member, `${prefix}${name}.`)) leaves.set(path, leaf);
    else leaves.set(`${prefix}${name}`, member);
  }
  return leaves;
}

function withDeviations(actual: Map<string, Json>, deviations: readonly Deviation[]): Map<string, Json> {
  for (const { path, live } of deviations) actual.set(path, live);
  return actual;
}
