// Mistakes that people make in flows, one at a time: wrong expressions, rules, routes, templates, a step left out.

import type { DocumentPath, ManifestDocument } from '../../manifest/document.ts';
import { builtinSchemas } from '../../manifest/schema-set.ts';
import { annotation, SchemaReader } from '../../manifest/schema-view.ts';
import { type Visit, walkDocument } from '../../manifest/walk-document.ts';
import { expressionFaults } from './expression-faults.ts';

/** A flow with one mistake; its manifest as JSON, which is YAML too. */
export interface FlowFault {
  readonly description: string;
  readonly text: string;
}

type Change = readonly [description: string, value: unknown];

/** What consumers do is left out: no test of the flow looks at it. */
export function flowFaults(document: ManifestDocument): readonly FlowFault[] {
  const found: FlowFault[] = [];
  walkDocument(document, new SchemaReader(builtinSchemas()), (visit) => {
    const { path, node } = visit;
    if (path[1] === 'consumers' || node.kind !== 'scalar') return;
    for (const [description, value] of changesOf(visit))
      found.push({
        description: `${path.join('.')}: ${description}`,
        text: withValue(document, path, value),
      });
  });
  return [...found, ...routeFaults(document), ...stepFaults(document)];
}

function changesOf({ node, path, view }: Visit): readonly Change[] {
  const value = node.kind === 'scalar' ? node.value : undefined;
  const kind = annotation(view, 'x-expression');
  const field = path.at(-1);
  if (typeof value === 'string' && kind === 'jsonata')
    return expressionFaults(value).map(({ description, source }) => [description, source]);
  if (typeof value === 'string' && kind === 'template') return templateFaults(value);
  if (path.includes('rules')) return ruleFaults(field, value);
  if (path[1] === 'delivery' && field === 'attempts')
    return [[`${value} → ${Number(value) + 1}`, Number(value) + 1]];
  if (field === 'namespaces') return [['keep namespaces', 'keep']];
  return [];
}

function templateFaults(template: string): readonly Change[] {
  return [...template.matchAll(/\{\{(.*?)\}\}/g)].flatMap((hole) =>
    expressionFaults(hole[1] ?? '').map(
      ({ description, source }): Change => [description, template.replace(hole[0], `{{${source}}}`)],
    ),
  );
}

function ruleFaults(field: string | number | undefined, value: unknown): readonly Change[] {
  if (typeof value === 'number') return [[`${value} → ${value + 1}`, value + 1]];
  if (typeof value !== 'string') return [];
  return [[`${String(field)} ${value} → ${value}_`, `${value}_`]];
}

/** Comparisons of rules are names of fields; targets of routes change places. */
function routeFaults(document: ManifestDocument): readonly FlowFault[] {
  const found: FlowFault[] = [];
  const steps = stepsOf(document);
  for (const [index, step] of steps.entries()) {
    const text = JSON.stringify(step);
    const comparisons = {
      '"gte":': '"gt":',
      '"gt":': '"lt":',
      '"lte":': '"lt":',
      '"lt":': '"gt":',
      '"eq":': '"ne":',
    };
    for (const [from, to] of Object.entries(comparisons)) {
      if (step.rules === undefined || !text.includes(from)) continue;
      const changed = JSON.parse(text.replace(from, to)) as Step;
      found.push(fault(document, `rule of ${step.name}: ${from} → ${to}`, steps.with(index, changed)));
    }
    const [first] = step.routes ?? [];
    if (first === undefined || step.otherwise === undefined) continue;
    const routes = [{ ...first, to: step.otherwise }, ...(step.routes ?? []).slice(1)];
    const swapped = { ...step, routes, otherwise: first.to };
    found.push(fault(document, `routes of ${step.name} swapped`, steps.with(index, swapped)));
  }
  return found;
}

/** One step less, two steps the other way round. */
function stepFaults(document: ManifestDocument): readonly FlowFault[] {
  const steps = stepsOf(document);
  const dropped = steps.map((step, index) =>
    fault(document, `without ${step.name}`, steps.toSpliced(index, 1)),
  );
  const swapped = steps.slice(1).map((step, index) => {
    const before = steps[index] as Step;
    return fault(document, `${step.name} before ${before.name}`, steps.toSpliced(index, 2, step, before));
  });
  return [...dropped, ...swapped];
}

interface Step {
  readonly name: string;
  readonly rules?: unknown;
  readonly routes?: readonly { readonly when: string; readonly to: unknown }[];
  readonly otherwise?: unknown;
}

function stepsOf(document: ManifestDocument): readonly Step[] {
  const { spec } = document.value as { readonly spec: { readonly steps?: readonly Step[] } };
  return spec.steps ?? [];
}

function fault(document: ManifestDocument, description: string, steps: readonly Step[]): FlowFault {
  return { description, text: withValue(document, ['spec', 'steps'], steps) };
}

function withValue(document: ManifestDocument, path: DocumentPath, value: unknown): string {
  const copy = structuredClone(document.value) as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  const parent = path.slice(0, -1).reduce((at, step) => at[step] as Record<string | number, unknown>, copy);
  parent[last] = value;
  return JSON.stringify(copy);
}
