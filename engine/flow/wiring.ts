// Where messages go: what the manifest names, and the order of the manifest where it names nothing.
import type { DocumentPath } from '../manifest/document.ts';
import type { DraftFlow, DraftNode } from './draft.ts';

/** A way from one node to another. `path` is where it is written; of the node itself when it follows from the order. */
export interface Edge {
  readonly from: DraftNode;
  readonly to: DraftNode;
  readonly path: DocumentPath;
}

export interface Wiring {
  readonly edges: ReadonlyMap<DraftNode, readonly Edge[]>;
  /** Nodes that deliver to every producer nobody names, by default. */
  readonly last: readonly DraftNode[];
  /** Those producers. */
  readonly unnamed: readonly DraftNode[];
}

/** Expects names to be unique; references to nothing and to consumers are left out. */
export function wire(flow: DraftFlow): Wiring {
  const targets = new Map([...flow.steps, ...flow.producers].map((node) => [node.name, node]));
  const sources = [...flow.consumers, ...flow.steps];
  const named = new Set(sources.flatMap((node) => node.references.map((reference) => reference.name)));
  const unnamed = flow.producers.filter((producer) => !named.has(producer.name));
  const last: DraftNode[] = [];
  const edges = sources.map((from) => {
    const written = from.references.flatMap(({ name, path }): readonly Edge[] => {
      const to = targets.get(name);
      return to === undefined ? [] : [{ from, to, path }];
    });
    if (from.hasTarget) return [from, written] as const;
    const next = following(flow, from);
    if (next === undefined) last.push(from);
    const implied = next === undefined ? unnamed : [next];
    return [from, [...written, ...implied.map((to) => ({ from, to, path: from.path }))]] as const;
  });
  return { edges: new Map(edges), last, unnamed };
}

/** The step that comes next in the manifest. */
function following(flow: DraftFlow, node: DraftNode): DraftNode | undefined {
  return node.role === 'consumer' ? flow.steps[0] : flow.steps[flow.steps.indexOf(node) + 1];
}

/** Every node that a message can come to. */
export function reachable(flow: DraftFlow, { edges }: Wiring): ReadonlySet<DraftNode> {
  const found = new Set<DraftNode>(flow.consumers);
  for (const node of found) for (const edge of edges.get(node) ?? []) found.add(edge.to);
  return found;
}
