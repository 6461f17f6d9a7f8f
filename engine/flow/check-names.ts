// Names inside a flow: each used once, each target a step or producer that exists.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean, listNames } from '../diagnostics/did-you-mean.ts';
import { DROP, type DraftFlow, type DraftNode, nodesOf, type Reference } from './draft.ts';

export function checkNames(flow: DraftFlow): readonly Diagnostic[] {
  const nodes = nodesOf(flow);
  const first = new Map<string, DraftNode>();
  const repeated: Diagnostic[] = [];
  for (const node of nodes) {
    const other = first.get(node.name);
    if (other === undefined) first.set(node.name, node);
    else repeated.push(repeatedName(flow, node, other));
  }
  const reserved = nodes.filter((node) => node.name === DROP && node.role !== 'consumer');
  return [
    ...repeated,
    ...reserved.map((node) => reservedName(flow, node)),
    ...checkTargets(flow, nodes, first),
  ];
}

/** Suggestions compare every name with every other: this many are worth it. */
const MAX_SUGGESTIONS = 50;

function checkTargets(
  flow: DraftFlow,
  nodes: readonly DraftNode[],
  known: ReadonlyMap<string, DraftNode>,
): readonly Diagnostic[] {
  const names = [...flow.steps, ...flow.producers].map((node) => node.name);
  const found: Diagnostic[] = [];
  for (const node of nodes) {
    for (const reference of node.references) {
      const target = known.get(reference.name);
      if (target?.role === 'consumer') found.push(consumerAsTarget(flow, reference, target, names));
      if (target !== undefined) continue;
      const others = names.filter((name) => found.length < MAX_SUGGESTIONS && name !== node.name);
      found.push(unknownTarget(flow, reference, others));
    }
  }
  return found;
}

function repeatedName({ document }: DraftFlow, node: DraftNode, other: DraftNode): Diagnostic {
  const range = document.locate([...node.path, 'name']);
  const message = `The name \`${node.name}\` is used twice, for ${other.role === node.role ? `two ${node.role}s` : `a ${other.role} and a ${node.role}`}`;
  const related = [
    { file: document.file, range: document.locate([...other.path, 'name']), message: `the ${other.role}` },
  ];
  return diagnose('VRS3005', document.file, range, message, {
    help: 'Consumers, steps and producers of a flow share one set of names: give one of the two another.',
    related,
  });
}

function reservedName({ document }: DraftFlow, node: DraftNode): Diagnostic {
  const range = document.locate([...node.path, 'name']);
  const message = `A ${node.role} cannot be called \`${DROP}\``;
  const help = 'In `otherwise: drop` and `onError: drop` the word means that the message is filtered.';
  return diagnose('VRS2008', document.file, range, message, { help });
}

function consumerAsTarget(
  { document }: DraftFlow,
  { name, path }: Reference,
  target: DraftNode,
  names: readonly string[],
): Diagnostic {
  const message = `\`${name}\` is a consumer: messages come from there, they cannot go there`;
  const place = document.locate([...target.path, 'name']);
  const related = [{ file: document.file, range: place, message: 'the consumer' }];
  return diagnose('VRS3007', document.file, document.locate(path), message, {
    help: targetsHelp(names),
    related,
  });
}

function unknownTarget(
  { document }: DraftFlow,
  { name, path, via }: Reference,
  names: readonly string[],
): Diagnostic {
  const range = document.locate(path);
  const meant = didYouMean(name, via === 'otherwise' ? [...names, DROP] : names);
  const suggestion = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  const fix = meant === undefined ? undefined : { title: `Write \`${meant}\``, range, text: meant };
  const message = `There is no step or producer \`${name}\` in this flow${suggestion}`;
  return diagnose('VRS3001', document.file, range, message, { help: targetsHelp(names), fix });
}

function targetsHelp(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `Targets are ${listNames(names, 20)}.`;
}
