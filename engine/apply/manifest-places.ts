// Where in the manifests a change of a flow comes from.
import type { DocumentPath, FlowGraph } from '../flow/graph.ts';
import type { Locate } from '../plan/plan.ts';

/** Answers the line of a field, the nearest enclosing one when the manifest leaves it out. */
export function locatorOf(flows: readonly FlowGraph[]): Locate {
  const byName = new Map(flows.map((flow) => [flow.name, flow]));
  return (name, path) => {
    const flow = byName.get(name);
    if (flow === undefined) return undefined;
    return { file: flow.file, line: flow.locate(documentPath(flow, path)).start.line };
  };
}

/** `steps.shape.expression` → `['spec', 'steps', 0, 'expression']`. */
function documentPath(flow: FlowGraph, path: string | undefined): DocumentPath {
  const [group = '', ...rest] = path?.split('.') ?? [];
  if (group === '' || group === 'suspended') return ['metadata', 'name'];
  if (group !== 'consumers' && group !== 'steps' && group !== 'producers') return ['spec', group, ...rest];
  const [name, ...fields] = rest;
  const index = flow[group].findIndex((node) => node.name === name);
  return index === -1 ? ['spec', group] : ['spec', group, index, ...fields];
}
