// What is done about differences that somebody made on the server: repaired, only reported, or nothing.
import type { Change, Drift, FieldChange, ObjectRef, PlanOptions } from './plan.ts';
import type { Work } from './work.ts';

interface WithDrift {
  readonly work: Work;
  readonly drift: readonly Drift[];
}

/** Takes repairs of drift out of the work where the policy says so. Flows are always handed to the workers as asked for. */
export function applyDriftPolicy({ work, drift }: WithDrift, options: PlanOptions): WithDrift {
  const left = new Map<string, ReadonlySet<string>>();
  const kept: Drift[] = [];
  for (const found of drift) {
    const ignored = found.fields.filter(({ path }) => isIgnored(found.object, path, options));
    const fields = found.fields.filter((field) => !ignored.includes(field));
    const isChange = found.kind === 'changed' && found.object.kind !== 'flow';
    const leave = isChange && options.drift !== 'correct' ? found.fields : isChange ? ignored : [];
    if (leave.length > 0) left.set(keyOf(found.object), new Set(leave.map(({ path }) => path)));
    if (options.drift === 'ignore' || (found.fields.length > 0 && fields.length === 0)) continue;
    kept.push({ ...found, fields, corrected: !isChange || options.drift === 'correct' });
  }
  return { work: left.size === 0 ? work : withoutRepairs(work, left), drift: kept };
}

function withoutRepairs(work: Work, left: ReadonlyMap<string, ReadonlySet<string>>): Work {
  const pruned = <Item extends { readonly change: Change }>(items: readonly Item[]): readonly Item[] =>
    items.flatMap((item) => {
      const paths = left.get(keyOf(item.change.object));
      if (paths === undefined) return [item];
      const fields = item.change.fields.filter(({ path }: FieldChange) => !paths.has(path));
      return fields.length === 0 ? [] : [{ ...item, change: { ...item.change, fields } }];
    });
  return { ...work, streams: pruned(work.streams), consumers: pruned(work.consumers) };
}

function keyOf({ kind, stream, name }: ObjectRef): string {
  return `${kind}/${stream ?? ''}/${name}`;
}

/** Patterns like `stream/VRSKY_FLOWS_*:maxBytes`. */
function isIgnored({ kind, name }: ObjectRef, path: string, { ignore }: PlanOptions): boolean {
  return ignore.some((pattern) => wildcard(pattern).test(`${kind}/${name}:${path}`));
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
