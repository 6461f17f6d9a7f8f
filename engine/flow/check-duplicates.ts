// Names across files: a flow is known by its tenant and name.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { DraftFlow } from './draft.ts';

/** Every flow but the first of each name. */
export function checkDuplicates(flows: readonly DraftFlow[]): readonly Diagnostic[] {
  const named = flows.filter((flow) => flow.name !== '');
  const groups = Map.groupBy(named, (flow) => `${flow.tenant}/${flow.name}`);
  return [...groups.values()].flatMap(([first, ...others]) =>
    others.map((flow) => duplicate(flow, first as DraftFlow)),
  );
}

function duplicate(flow: DraftFlow, first: DraftFlow): Diagnostic {
  const place = ({ document }: DraftFlow) => ({
    file: document.file,
    range: document.locate(['metadata', 'name']),
  });
  const { file, range } = place(flow);
  const tenant = flow.tenant === 'default' ? '' : ` of the tenant \`${flow.tenant}\``;
  return diagnose('VRS3006', file, range, `There is a flow \`${flow.name}\`${tenant} already`, {
    help: 'Names of flows are unique within a tenant, over all files: rename one.',
    related: [{ ...place(first), message: 'the first one' }],
  });
}
