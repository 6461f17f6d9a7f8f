// What is done about differences that somebody made on the server: repaired, only reported, or nothing.
import { isSameJson } from '../compile/canonical-json.ts';
import { flatten } from './compare-specs.ts';
import { type Kept, keepFields, keepFlow, keepMissingStream } from './leave-alone.ts';
import type { Drift, ObjectRef, PlanOptions } from './plan.ts';
import type { ConsumerWork, StreamWork, Work } from './work.ts';

interface WithDrift {
  readonly work: Work;
  readonly drift: readonly Drift[];
}

/** Takes repairs of drift out of the work where the policy says so. What is asked for anew is always done. */
export function applyDriftPolicy({ work, drift }: WithDrift, options: PlanOptions): WithDrift {
  let left = work;
  const reported: Drift[] = [];
  // Flows first: a stream that is gone can stay so when no flow has to be handed to the workers.
  for (const found of drift.toSorted((a, b) => rank(a) - rank(b))) {
    const kept = isWhole(found) ? keepWhole(found, left, options) : keepSome(found, left, options);
    left = kept.work;
    const fields = found.fields.filter(({ path }) => !isIgnored(found.object, path, options));
    const isSilent = isWhole(found) ? isIgnoredWhole(found, options) : fields.length === 0;
    if (options.drift === 'ignore' || (isSilent && kept.isKept)) continue;
    reported.push({ ...found, fields, corrected: !kept.isKept });
  }
  const order = new Map(drift.map(({ object }, index) => [keyOf(object), index]));
  reported.sort((a, b) => (order.get(keyOf(a.object)) ?? 0) - (order.get(keyOf(b.object)) ?? 0));
  return { work: left, drift: reported };
}

/** A flow is handed to the workers as a whole, and what is gone can only come back as a whole. */
function isWhole({ kind, object }: Drift): boolean {
  return kind !== 'changed' || object.kind === 'flow';
}

function rank({ object }: Drift): number {
  return object.kind === 'flow' ? 0 : 1;
}

function keepWhole(found: Drift, work: Work, options: PlanOptions): Kept {
  const mayStay = options.drift !== 'correct' || isIgnoredWhole(found, options);
  if (!mayStay) return { work, isKept: false };
  return found.object.kind === 'flow'
    ? keepFlow(found.object.name, work)
    : keepMissingStream(found.object.name, work);
}

/** `corrected` speaks of the fields that are reported. */
function keepSome({ object, fields }: Drift, work: Work, options: PlanOptions): Kept {
  const item = [...work.streams, ...work.consumers].find(
    ({ change }) => keyOf(change.object) === keyOf(object),
  );
  const paths = fields.map(({ path }) => path);
  const ignored = paths.filter((path) => isIgnored(object, path, options));
  const others = paths.filter((path) => !ignored.includes(path));
  const reportedOnly = options.drift === 'correct' ? [] : others.filter((path) => !isAskedAnew(item, path));
  const kept = keepFields(keyOf(object), [...ignored, ...reportedOnly], work);
  return { work: kept, isKept: reportedOnly.length === others.length };
}

function isAskedAnew(item: StreamWork | ConsumerWork | undefined, path: string): boolean {
  const before = item === undefined ? undefined : 'entry' in item ? item.entry.value : item.before;
  if (item === undefined || before === undefined) return false;
  return !isSameJson(flatten(item.spec).get(path), flatten(before.asked).get(path));
}

function isIgnoredWhole({ object, kind, fields }: Drift, options: PlanOptions): boolean {
  const paths = fields.length === 0 ? [kind] : fields.map(({ path }) => path);
  return paths.every((path) => isIgnored(object, path, options));
}

export function keyOf({ kind, stream, name }: ObjectRef): string {
  return `${kind}/${stream ?? ''}/${name}`;
}

/** Patterns like `stream/VRSKY_FLOWS_*:maxBytes`; `missing` stands for an object that was deleted. */
function isIgnored({ kind, name }: ObjectRef, path: string, { ignore }: PlanOptions): boolean {
  return ignore.some((pattern) => wildcard(pattern).test(`${kind}/${name}:${path}`));
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
