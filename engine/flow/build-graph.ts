// From a checked document to its flow graph.
import type { DocumentPath } from '../manifest/document.ts';
import type { FlowManifest } from '../manifest/kinds.gen.ts';
import { parseDuration } from '../units/duration.ts';
import { parseSize } from '../units/size.ts';
import { DROP, type DraftFlow, type DraftNode, targetField } from './draft.ts';
import type {
  DeliveryDefinition,
  FlowGraph,
  JsonObject,
  OnErrorDefinition,
  PayloadDefinition,
  ProducerDefinition,
  StepDefinition,
} from './graph.ts';
import {
  batchOf,
  breakerOf,
  defaultPayloadSizes,
  linkOf,
  type ProducerPolicies,
  producerPolicies,
  throttleOf,
} from './policies.ts';
import type { Wiring } from './wiring.ts';

/** Expects a document without errors. */
export function buildGraph(flow: DraftFlow, wiring: Wiring): FlowGraph {
  const { document } = flow;
  const { metadata, spec } = document.value as FlowManifest;
  return {
    tenant: flow.tenant,
    name: flow.name,
    ...(metadata.renamedFrom === undefined ? {} : { renamedFrom: metadata.renamedFrom }),
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    labels: metadata.labels ?? {},
    file: document.file,
    durability: spec.durability ?? 'standard',
    stream: spec.stream ?? 'shared',
    limits: limitsOf(spec.limits),
    delivery: deliveryOf(spec.delivery),
    ...policiesOf(spec),
    ...(spec.payload === undefined ? {} : { payload: payloadOf(spec.payload) }),
    consumers: flow.consumers.map((node) => ({ ...bare(node), to: targetsOf(node, wiring) })),
    steps: flow.steps.map((node) => stepOf(node, wiring)),
    producers: flow.producers.map(producerOf),
    locate: (path: DocumentPath) => document.locate(path),
  };
}

type Spec = FlowManifest['spec'];

function policiesOf({
  ordering,
  idempotency,
  throttle,
}: Spec): Pick<FlowGraph, 'ordering' | 'idempotency' | 'throttle'> {
  return {
    ...(ordering === undefined ? {} : { ordering: { key: ordering.key, lanes: ordering.lanes ?? 8 } }),
    ...(idempotency === undefined
      ? {}
      : { idempotency: { key: idempotency.key, windowMs: parseDuration(idempotency.window) as number } }),
    ...(throttle === undefined ? {} : { throttle: throttleOf(throttle) }),
  };
}

function limitsOf({ maxMessages = 1_000_000, maxBytes = '1GiB' }: Spec['limits'] = {}): FlowGraph['limits'] {
  return { maxMessages, maxBytes: parseSize(maxBytes) as number };
}

function payloadOf({ inline, maxValue, store }: NonNullable<Spec['payload']>): PayloadDefinition {
  const { inlineBytes, maxValueBytes } = defaultPayloadSizes;
  return {
    inlineBytes: inline === undefined ? inlineBytes : (parseSize(inline) as number),
    maxValueBytes: maxValue === undefined ? maxValueBytes : (parseSize(maxValue) as number),
    ...(store === undefined ? {} : { storeName: store }),
  };
}

function deliveryOf({
  attempts = 8,
  backoff = {},
  deadline = '24h',
}: Spec['delivery'] = {}): DeliveryDefinition {
  const { initial = '1s', factor = 2, max = '5m' } = backoff;
  return {
    attempts,
    backoff: {
      initialMs: parseDuration(initial) as number,
      factor,
      maxMs: parseDuration(max) as number,
    },
    deadlineMs: parseDuration(deadline) as number,
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

function producerOf(node: DraftNode): ProducerDefinition {
  const { batch, breaker, throttle } = node.value as ProducerPolicies;
  return {
    ...bare(node),
    batch: batchOf(batch),
    breaker: breakerOf(breaker),
    ...(throttle === undefined ? {} : { throttle: throttleOf(throttle) }),
    ...linkOf(node.value as ProducerPolicies),
  };
}

/** Name, type and the fields that are the type's own. */
function bare({ name, type, role, value }: DraftNode): { name: string; type: string; config: JsonObject } {
  const shared = ['name', 'type', ...(role === 'producer' ? producerPolicies : [targetField(role, type)])];
  if (role === 'step') shared.push('onError', 'durable');
  // Of use to the checker only.
  if (role === 'consumer') shared.push('sample');
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
