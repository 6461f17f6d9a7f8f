// The wiring of a flow: no cycles, nothing unreachable, always somewhere to deliver.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { listNames } from '../diagnostics/did-you-mean.ts';
import { cyclesOf } from './cycles.ts';
import type { DraftFlow, DraftNode } from './draft.ts';
import { type Edge, reachable, type Wiring } from './wiring.ts';

/** Expects a complete flow whose names are all fine. */
export function checkWiring(flow: DraftFlow, wiring: Wiring): readonly Diagnostic[] {
  const reached = reachable(flow, wiring);
  return [
    ...cyclesOf(flow, wiring).map((cycle) => cycleDiagnostic(flow, cycle)),
    ...nothingLeft(flow, wiring, reached),
    ...unreached(flow, wiring, reached),
  ];
}

function cycleDiagnostic({ document }: DraftFlow, cycle: readonly Edge[]): Diagnostic {
  const back = cycle.at(-1) as Edge;
  const way = [back.to.name, ...cycle.map((edge) => edge.to.name)].join(' → ');
  const related = cycle.slice(0, -1).map((edge) => ({
    file: document.file,
    range: document.locate(edge.path),
    message: `\`${edge.from.name}\` goes on to \`${edge.to.name}\``,
  }));
  const message = `The steps form a cycle: ${way}`;
  const help = 'A message would go round for ever. Name a step further down, or a producer.';
  return diagnose('VRS3002', document.file, document.locate(back.path), message, { help, related });
}

function nothingLeft(
  { document, producers }: DraftFlow,
  { last, unnamed }: Wiring,
  reached: ReadonlySet<DraftNode>,
): readonly Diagnostic[] {
  if (unnamed.length > 0) return [];
  return last
    .filter((node) => reached.has(node))
    .map((node) => {
      const range = document.locate([...node.path, 'name']);
      const message = `The ${node.role} \`${node.name}\` has nowhere to deliver to: every producer is named by another node`;
      const names = producers.map((producer) => producer.name);
      const help = `Say where its messages go:\n${node.type === 'convert' ? 'next' : 'to'}: ${names[0]}\nProducers are ${listNames(names)}.`;
      return diagnose('VRS3008', document.file, range, message, { help });
    });
}

function unreached(flow: DraftFlow, wiring: Wiring, found: ReadonlySet<DraftNode>): readonly Diagnostic[] {
  const nodes = [...flow.steps, ...flow.producers].filter((node) => !found.has(node));
  const lost = new Set(nodes);
  const following = new Set(
    nodes.flatMap((node) =>
      (wiring.edges.get(node) ?? []).filter((edge) => edge.from !== edge.to).map((edge) => edge.to),
    ),
  );
  // What only follows an unreached node is reached once that is.
  const roots = nodes.filter((node) => !following.has(node));
  return (roots.length > 0 ? roots : [...lost].slice(0, 1)).map((node) => unreachedNode(flow, node));
}

function unreachedNode(flow: DraftFlow, node: DraftNode): Diagnostic {
  const { document } = flow;
  const range = document.locate([...node.path, 'name']);
  if (node.role === 'producer') {
    const message = `Nothing is ever delivered to the producer \`${node.name}\``;
    const help = `Name it in a \`to:\`, e.g. \`to: ${node.name}\`, or remove it.`;
    return diagnose('VRS3004', document.file, range, message, { help });
  }
  const before = flow.steps[flow.steps.indexOf(node) - 1];
  return diagnose('VRS3003', document.file, range, `No message ever comes to the step \`${node.name}\``, {
    help: before === undefined ? `Name it in a \`to:\`, or remove it.` : whyNot(before, node.name),
  });
}

function whyNot(before: DraftNode, name: string): string {
  if (before.type === 'route') {
    return `The step before it, \`${before.name}\`, is a route: it goes on only where its \`routes\` and \`otherwise\` say. Name \`${name}\` there.`;
  }
  if (before.hasTarget) {
    return `The step before it, \`${before.name}\`, goes elsewhere. Name \`${name}\` in a \`to:\`, or remove it.`;
  }
  return `Name \`${name}\` in a \`to:\`, or remove it.`;
}
