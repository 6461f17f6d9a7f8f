// The tests of one manifest of kind Test with the compiled flow they are about.
import { compile } from '../compile/compile.ts';
import type { CompiledFlow } from '../compile/program.ts';
import type { TestCase } from '../flow/check-tests.ts';
import type { FlowGraph } from '../flow/graph.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import type { TestManifest } from '../manifest/kinds.gen.ts';

export interface Suite {
  readonly name: string;
  readonly document: ManifestDocument;
  readonly graph: FlowGraph;
  readonly flow: CompiledFlow;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly cases: readonly TestCase[];
}

const defaultNow = '2026-01-01T00:00:00Z';

/** Expects checked documents of kind Test; those about a flow that is not among the graphs are left out. Each flow is compiled once. */
export function suitesOf(tests: readonly ManifestDocument[], graphs: readonly FlowGraph[]): readonly Suite[] {
  const compiled = new Map<FlowGraph, CompiledFlow | undefined>();
  return tests.flatMap((document) => {
    const { metadata, spec } = document.value as TestManifest;
    const { tenant = 'default' } = metadata;
    const graph = graphs.find((one) => one.tenant === tenant && one.name === spec.flow);
    if (graph === undefined) return [];
    if (!compiled.has(graph)) compiled.set(graph, compile([graph], { tenant }).value?.flows[0]);
    const flow = compiled.get(graph);
    if (flow === undefined) return [];
    const { env = {}, now = defaultNow, cases } = spec;
    return [{ name: metadata.name, document, graph, flow, env, startMs: Date.parse(now), cases }];
  });
}
