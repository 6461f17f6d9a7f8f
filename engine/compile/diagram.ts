// Draws a compiled flow: its nodes inside their stages, streams between them. Mermaid or Graphviz.
import type { CompiledFlow, Stage, StageNode, Target } from './program.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** A flow as boxes and arrows, for whichever language draws it. */
interface Drawing {
  readonly flow: CompiledFlow;
  readonly edges: readonly Edge[];
}

/** Mermaid `flowchart`: one subgraph per stage, labelled with its subject. */
export function renderMermaid(flows: readonly CompiledFlow[]): string {
  const lines = flows
    .map(drawingOf)
    .flatMap(({ flow, edges }) => [
      ...flow.consumers.map(
        (consumer) => `  ${id(flow, consumer.name)}>"${consumer.name} (${consumer.type})"]`,
      ),
      ...flow.stages.flatMap((stage) => [
        `  subgraph ${id(flow, `stage-${stage.name}`)}["${flow.stream} ${stage.subject}"]`,
        ...Object.values(stage.nodes).map((node) => `    ${id(flow, node.name, stage)}${mermaidShape(node)}`),
        '  end',
      ]),
      ...edges.map(({ from, to, label }) => `  ${from} -->${label === '' ? '' : `|${label}|`} ${to}`),
    ]);
  return ['flowchart LR', ...lines].join('\n');
}

/** Graphviz `digraph`: one cluster per stage. */
export function renderDot(flows: readonly CompiledFlow[]): string {
  const lines = flows
    .map(drawingOf)
    .flatMap(({ flow, edges }) => [
      ...flow.consumers.map(
        (consumer) => `  ${id(flow, consumer.name)} [label="${consumer.name}\\n${consumer.type}" shape=cds];`,
      ),
      ...flow.stages.flatMap((stage) => [
        `  subgraph cluster_${id(flow, stage.name)} {`,
        `    label="${flow.stream} ${stage.subject}"; style=rounded;`,
        ...Object.values(stage.nodes).map(
          (node) =>
            `    ${id(flow, node.name, stage)} [label="${node.name}\\n${node.type}" shape=${node.kind === 'step' ? 'box' : 'cds'}];`,
        ),
        '  }',
      ]),
      ...edges.map(
        ({ from, to, label }) => `  ${from} -> ${to}${label === '' ? '' : ` [label="${label}"]`};`,
      ),
    ]);
  return ['digraph vrsky {', '  rankdir=LR;', ...lines, '}'].join('\n');
}

function drawingOf(flow: CompiledFlow): Drawing {
  const entries = new Map(flow.stages.map((stage) => [stage.name, id(flow, stage.entry, stage)]));
  const ingress = flow.consumers.flatMap((consumer) =>
    consumer.stages.map(({ stage }) => ({
      from: id(flow, consumer.name),
      to: entries.get(stage) as string,
      label: '',
    })),
  );
  const inner = flow.stages.flatMap((stage) =>
    Object.values(stage.nodes).flatMap((node) => edgesOf(flow, stage, node, entries)),
  );
  return { flow, edges: [...ingress, ...inner] };
}

function edgesOf(
  flow: CompiledFlow,
  stage: Stage,
  node: StageNode,
  entries: ReadonlyMap<string, string>,
): readonly Edge[] {
  if (node.kind === 'producer') return [];
  const from = id(flow, node.name, stage);
  const edge = (target: Target, label: string): Edge => ({
    from,
    to: target.kind === 'node' ? id(flow, target.node, stage) : (entries.get(target.stage) as string),
    label,
  });
  return [
    ...node.to.map((target) => edge(target, '')),
    ...Object.values(node.routes ?? {}).map((target) => edge(target, 'route')),
    ...(node.onError.kind === 'to' ? node.onError.targets.map((target) => edge(target, 'on error')) : []),
  ];
}

function mermaidShape(node: StageNode): string {
  const label = `"${node.name} (${node.type})"`;
  if (node.kind === 'producer') return `[/${label}/]`;
  return node.type === 'route' || node.type === 'filter' ? `{${label}}` : `[${label}]`;
}

/** A node may stand in several stages, so its stage is part of its identity. Names hold no underscore. */
function id(flow: CompiledFlow, node: string, stage?: Stage): string {
  return [flow.name, ...(stage === undefined ? [] : [stage.name]), node]
    .map((part) => part.replaceAll('-', '_h_'))
    .join('__');
}
