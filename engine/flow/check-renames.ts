// Renames across files: the former name must be free, and only one flow can take its place.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { DraftFlow } from './draft.ts';

export function checkRenames(flows: readonly DraftFlow[]): readonly Diagnostic[] {
  const names = new Map(flows.map((flow) => [placeOf(flow, flow.name), flow]));
  const renamed = flows.filter(({ renamedFrom }) => renamedFrom !== undefined);
  const heirs = Map.groupBy(renamed, (flow) => placeOf(flow, flow.renamedFrom as string));
  return [...heirs].flatMap(([former, [first, ...others]]) => {
    const there = names.get(former);
    if (there !== undefined)
      return [first as DraftFlow, ...others].map((flow) => wrong(flow, 'is still there', there, 'name'));
    return others.map((flow) => wrong(flow, 'was taken over already', first as DraftFlow, 'renamedFrom'));
  });
}

function placeOf({ tenant }: DraftFlow, name: string): string {
  return `${tenant}/${name}`;
}

function wrong(
  { document, renamedFrom }: DraftFlow,
  what: string,
  other: DraftFlow,
  field: 'name' | 'renamedFrom',
): Diagnostic {
  const range = document.locate(['metadata', 'renamedFrom']);
  return diagnose('VRS3013', document.file, range, `The flow \`${renamedFrom}\` ${what}`, {
    help: '`renamedFrom` names the flow whose place this one takes: remove the line, or the other flow.',
    related: [
      { file: other.document.file, range: other.document.locate(['metadata', field]), message: 'here' },
    ],
  });
}
