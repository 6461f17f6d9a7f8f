// A plan for people: create, update, replace, delete, adopt, then drift and refusals, and a count line last.
import type { Json } from '../compile/program.ts';
import type { Change, Drift, FieldChange, ManifestPlace, ObjectRef, Plan } from './plan.ts';

/** How parts of the text are marked; plain text when every one answers what it gets. */
export interface PlanStyle {
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly changed: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly bold: (text: string) => string;
}

const same = (text: string) => text;
export const plainStyle: PlanStyle = {
  added: same,
  removed: same,
  changed: same,
  faint: same,
  bold: same,
};

type Section = 'create' | 'update' | 'replace' | 'delete' | 'adopt';

const signs: Readonly<Record<Section, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
  adopt: '<',
};

/** Ends with a line break. */
export function renderPlan(plan: Plan, style: PlanStyle = plainStyle): string {
  const sections = Map.groupBy(plan.changes, sectionOf);
  const parts = (Object.keys(signs) as Section[]).flatMap((section) =>
    renderSection(section, sections.get(section) ?? [], plan, style),
  );
  const drift = plan.drift.length === 0 ? [] : [style.bold('drift'), ...plan.drift.flatMap(driftLines), ''];
  const refusals = plan.refusals.flatMap(({ code, message, help }) => [
    `${style.removed('refused')} ${code}: ${message}`,
    `  help: ${help}`,
    '',
  ]);
  return `${[...parts, ...drift, ...refusals, countLine(plan)].join('\n')}\n`;
}

export function sectionOf({ actions }: Change): Section {
  if (actions.includes('delete')) return actions.includes('create') ? 'replace' : 'delete';
  if (actions.includes('create')) return 'create';
  if (actions.includes('adopt')) return 'adopt';
  return 'update';
}

export function countLine({ changes, drift }: Pick<Plan, 'changes' | 'drift'>): string {
  const drifted = drift.length === 0 ? '' : `; ${drift.length} drifted`;
  if (changes.length === 0) return `no changes${drifted}`;
  const sections = Map.groupBy(changes, sectionOf);
  const counts = (Object.keys(signs) as Section[]).flatMap((section) => {
    const count = sections.get(section)?.length ?? 0;
    return count === 0 ? [] : [`${count} to ${section}`];
  });
  return `${counts.join(', ')}${drifted}`;
}

function renderSection(
  section: Section,
  changes: readonly Change[],
  plan: Plan,
  style: PlanStyle,
): readonly string[] {
  const shown = changes.filter((change) => !isFolded(change, plan));
  if (shown.length === 0) return [];
  const paint = section === 'create' ? style.added : section === 'delete' ? style.removed : style.changed;
  const lines = shown.flatMap((change) => [
    `  ${paint(signs[section])} ${head(change, style)}`,
    ...details(change, plan, style).map((line) => `      ${line}`),
  ]);
  return [style.bold(section), ...lines, ''];
}

/** JetStream consumers that come with a flow are told in its lines. */
function isFolded({ object, actions }: Change, { changes }: Plan): boolean {
  return object.kind === 'consumer' && actions[0] === 'create' && flowChange(object, changes) !== undefined;
}

function flowChange({ flow }: ObjectRef, changes: readonly Change[]): Change | undefined {
  return changes.find(({ object }) => object.kind === 'flow' && object.name === flow);
}

function head({ object, source, renamedFrom }: Change, style: PlanStyle): string {
  const former = renamedFrom === undefined ? '' : ` (was ${renamedFrom})`;
  return `${nameOf(object)}${former}${placeOf(source, style)}`;
}

export function nameOf({ kind, name, stream }: ObjectRef): string {
  return kind === 'consumer' ? `JetStream consumer ${stream}/${name}` : `${kind} ${name}`;
}

function placeOf(place: ManifestPlace | undefined, style: PlanStyle): string {
  return place === undefined ? '' : `  ${style.faint(`${place.file}:${place.line}`)}`;
}

function details(change: Change, { changes }: Plan, style: PlanStyle): readonly string[] {
  const { object, fields, reason, dataAtStake, retires } = change;
  const consumers =
    object.kind === 'flow'
      ? changes.filter(
          (other) =>
            other.object.kind === 'consumer' &&
            other.object.flow === object.name &&
            other.actions[0] === 'create',
        )
      : [];
  const waiting = dataAtStake?.messages ?? 0;
  return [
    ...fields.flatMap((field) => fieldLines(field, style)),
    ...(reason === undefined ? [] : [style.faint(reason)]),
    ...consumers.map((other) => `${style.added('+')} ${nameOf(other.object)}`),
    ...(retires ?? []).map(({ stage }) => `stage ${stage} goes when what waits in it is delivered`),
    ...(waiting === 0 ? [] : [style.removed(`${waiting} messages wait in it`)]),
  ];
}

function fieldLines({ path, before, after, source }: FieldChange, style: PlanStyle): readonly string[] {
  const place = placeOf(source, style);
  if (!isLong(before) && !isLong(after)) {
    const change =
      before === undefined
        ? style.added(valueText(after))
        : after === undefined
          ? `${style.removed(valueText(before))} ${style.faint('(removed)')}`
          : `${valueText(before)} → ${valueText(after)}`;
    return [`${path}: ${change}${place}`];
  }
  const [removed, added] = differingLines(linesOf(before), linesOf(after));
  return [
    `${path}:${place}`,
    ...removed.map((line) => style.removed(`  - ${line}`)),
    ...added.map((line) => style.added(`  + ${line}`)),
  ];
}

function driftLines({ object, kind, fields, corrected }: Drift): readonly string[] {
  const what = kind === 'missing' ? 'is gone' : kind === 'unexpected' ? 'should not be there' : 'was changed';
  const then = corrected ? '' : ', and stays so';
  return [
    `  ! ${nameOf(object)} ${what}${then}`,
    ...fields.flatMap((field) => fieldLines(field, plainStyle)).map((line) => `      ${line}`),
  ];
}

function isLong(value: Json | undefined): boolean {
  return typeof value === 'string' ? value.includes('\n') : valueText(value).length > 80;
}

function valueText(value: Json | undefined): string {
  return value === undefined ? '–' : JSON.stringify(value);
}

function linesOf(value: Json | undefined): readonly string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.replace(/\n$/, '').split('\n');
}

/** Without the lines that both begin and end with. */
function differingLines(
  before: readonly string[],
  after: readonly string[],
): readonly [readonly string[], readonly string[]] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const shortest = Math.min(before.length, after.length) - start;
  while (end < shortest && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)];
}
