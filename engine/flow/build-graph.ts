// From a checked document to its flow graph.
import type { DocumentPath } from '../manifest/document.ts';
import { parseDuration } from '../units/duration.ts';
import { parseSize } from '../units/size.ts';
import { DROP, type DraftFlow, type DraftNode, type Fields, fieldsOf, targetField } from './draft.ts';
import type {
  DeliveryDefinition,
  Durability,
  FlowGraph,
  JsonObject,
  OnErrorDefinition,
  StepDefinition,
} from './graph.ts';
import type { Wiring } from './wiring.ts';

/** Expects a document without errors. */
export function buildGraph(flow: DraftFlow, wiring: Wiring): FlowGraph {
  const { document } = flow;
  const { metadata, spec } = fieldsOf(document.value);
  const { description, labels } = fieldsOf(metadata);
  const { durability, stream, limits, delivery } = fieldsOf(spec);
  return {
    tenant: flow.tenant,
    name: flow.name,
    ...(typeof description === 'string' ? { description } : {}),
    labels: fieldsOf(labels) as Readonly<Record<string, string>>,
    file: document.file,
    durability: (durability ?? 'standard') as Durability,
    stream: stream === 'dedicated' ? 'dedicated' : 'shared',
    limits: limitsOf(fieldsOf(limits)),
    delivery: deliveryOf(fieldsOf(delivery)),
    consumers: flow.consumers.map((node) => ({ ...bare(node), to: targetsOf(node, wiring) })),
    steps: flow.steps.map((node) => stepOf(node, wiring)),
    producers: flow.producers.map(bare),
    locate: (path: DocumentPath) => document.locate(path),
  };
}

function limitsOf({ maxMessages, maxBytes }: Fields): FlowGraph['limits'] {
  return {
    maxMessages: Number(maxMessages ?? 1_000_000),
    maxBytes: parseSize(String(maxBytes ?? '1GiB')) as number,
  };
}

function deliveryOf({ attempts, backoff, deadline }: Fields): DeliveryDefinition {
  const { initial, factor, max } = fieldsOf(backoff);
  const milliseconds = (value: unknown, fallback: string) =>
    parseDuration(String(value ?? fallback)) as number;
  return {
    attempts: Number(attempts ?? 8),
    backoff: {
      initialMs: milliseconds(initial, '1s'),
      factor: Number(factor ?? 2),
      maxMs: milliseconds(max, '5m'),
    },
    deadlineMs: milliseconds(deadline, '24h'),
  };
}

function stepOf(node: DraftNode, wiring: Wiring): StepDefinition {
  const routeTargets = routeTargetsOf(node);
  return {
    ...bare(node),
    to: targetsOf(node, wiring),
    ...(routeTargets === undefined ? {} : { routeTargets }),
    onError: onErrorOf(node),
    durable: node.value.durable === true,
  };
}

/** Name, type and the fields that are the type's own. */
function bare({ name, type, role, value }: DraftNode): { name: string; type: string; config: JsonObject } {
  const shared = ['name', 'type', ...(role === 'producer' ? [] : [targetField(role, type)])];
  if (role === 'step') shared.push('onError', 'durable');
  const own = Object.entries(value).filter(([field]) => !shared.includes(field));
  return { name, type, config: Object.fromEntries(own) as JsonObject };
}

/** Where passed messages go: what `to` names or the order implies, not what routes and `onError` name. */
function targetsOf(node: DraftNode, wiring: Wiring): readonly string[] {
  const written = node.references.filter(({ via }) => via === 'to').map(({ name }) => name);
  if (node.hasTarget) return [...new Set(written)];
  const implied = (wiring.edges.get(node) ?? []).filter((edge) => edge.path === node.path);
  return implied.map((edge) => edge.to.name);
}

function routeTargetsOf(node: DraftNode): StepDefinition['routeTargets'] {
  if (node.type !== 'route') return undefined;
  const targets: Record<string, 'when' | 'otherwise'> = {};
  for (const { name, via } of node.references) {
    if (via === 'when' || (via === 'otherwise' && targets[name] === undefined && name !== DROP))
      targets[name] = via;
  }
  return targets;
}

function onErrorOf({ references, value: { onError } }: DraftNode): OnErrorDefinition {
  if (onError === 'drop' || onError === 'continue') return { kind: onError };
  const to = references.filter(({ via }) => via === 'onError').map(({ name }) => name);
  return to.length === 0 ? { kind: 'fail' } : { kind: 'to', to };
}
