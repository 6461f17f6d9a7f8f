// Compares two versions of a flow in the words of the manifest: steps, producers and consumers by name, not stages and nodes.
import type {
  CompiledFlow,
  Json,
  ProducerNode,
  Stage,
  StageNode,
  StepNode,
  Target,
} from '../compile/program.ts';
import { compareSpecs } from './compare-specs.ts';
import type { FieldChange } from './plan.ts';
import { policyWords } from './policy-words.ts';

interface NamedWords {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** What differs, from `before` to `after`. Empty when only the way it was compiled differs. */
export function flowFields(before: CompiledFlow, after: CompiledFlow): readonly FieldChange[] {
  const live = { spec: inManifestWords(before), deviations: [] };
  const asked = inManifestWords(after);
  // Asked for then: whatever is there now, so that what was taken out shows too.
  return compareSpecs(asked, { asked: live.spec }, live).fields;
}

function inManifestWords(flow: CompiledFlow): Readonly<Record<string, Json>> {
  const { formatVersion: _format, name: _name, digest: _digest, consumers, stages, payload, ...rest } = flow;
  const { limits, delivery, idempotency, throttle } = rest;
  const words = {
    ...rest,
    limits: policyWords(limits),
    delivery: policyWords(delivery),
    idempotency: policyWords(idempotency),
    throttle: policyWords(throttle),
    payload: payloadWords(payload),
    consumers: named(
      consumers.map(({ stages: to, config, ...node }) => ({
        ...config,
        ...node,
        to: to.map(({ stage }) => stage),
      })),
    ),
    steps: named(stages.flatMap((stage) => nodesOf(stage, 'step').map((node) => stepWords(node, stage)))),
    producers: named(
      stages.flatMap((stage) => nodesOf(stage, 'producer').map((node) => producerWords(node, stage))),
    ),
  };
  return JSON.parse(JSON.stringify(words)) as Record<string, Json>;
}

function nodesOf<Kind extends StageNode['kind']>({ nodes }: Stage, kind: Kind) {
  return Object.values(nodes).filter(
    (node): node is Extract<StageNode, { readonly kind: Kind }> => node.kind === kind,
  );
}

/** The store of a flow is told by what it is: by that name, its tenant's default included. */
function payloadWords(payload: CompiledFlow['payload']): unknown {
  if (payload === undefined) return undefined;
  const { storeName: _name, store, ...sizes } = payload;
  return { ...(policyWords(sizes) as object), store };
}

/**
 * Routes are in the configuration as they were written; what has a `to` of its own is wired by `next`. A record that somebody meddled with may
 * lack anything.
 */
function stepWords(
  { name, type, config, to, onError }: Pick<StepNode, 'name'> & Partial<StepNode>,
  stage: Stage,
): NamedWords {
  const failed = onError?.kind === 'to' ? { to: onError.targets.map(targetName) } : onError?.kind;
  const wiring = config?.to === undefined ? 'to' : 'next';
  const durable = stage.reason === 'durable' && stage.entry === name ? true : undefined;
  return { name, type, ...config, [wiring]: to?.map(targetName), onError: failed, durable };
}

function producerWords(
  { kind: _kind, config, batch, breaker, link, ...node }: ProducerNode,
  stage: Stage,
): NamedWords {
  const throttle = stage.entry === node.name ? policyWords(stage.throttle) : undefined;
  const linked = link === undefined ? {} : { payload: 'link', link: policyWords(link) };
  return {
    ...config,
    ...node,
    batch: policyWords(batch),
    breaker: policyWords(breaker),
    throttle,
    ...linked,
  };
}

function named(nodes: readonly NamedWords[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(nodes.map(({ name, ...node }) => [name, node]));
}

function targetName(target: Target): string {
  return target.kind === 'node' ? target.node : target.stage;
}
