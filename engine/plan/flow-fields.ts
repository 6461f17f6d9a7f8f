// Compares two versions of a flow in the words of the manifest: steps, producers and consumers by name, not stages and nodes.
import type { CompiledFlow, Json, StepNode, Target } from '../compile/program.ts';
import { compareSpecs } from './compare-specs.ts';
import type { FieldChange } from './plan.ts';

/** What differs, from `before` to `after`. Empty when only the way it was compiled differs. */
export function flowFields(before: CompiledFlow, after: CompiledFlow): readonly FieldChange[] {
  const live = { spec: inManifestWords(before), deviations: [] };
  const asked = inManifestWords(after);
  // Asked for then: whatever is there now, so that what was taken out shows too.
  return compareSpecs(asked, { asked: live.spec }, live).fields;
}

function inManifestWords(flow: CompiledFlow): Readonly<Record<string, Json>> {
  const { formatVersion: _format, name: _name, digest: _digest, consumers, stages, ...rest } = flow;
  const nodes: Record<'steps' | 'producers', Record<string, unknown>> = { steps: {}, producers: {} };
  for (const node of stages.flatMap((stage) => Object.values(stage.nodes))) {
    if (node.kind === 'step') nodes.steps[node.name] = stepWords(node);
    else {
      const { kind: _kind, name, config, ...policies } = node;
      nodes.producers[name] = { ...config, ...policies };
    }
  }
  const words = {
    ...rest,
    ...nodes,
    consumers: named(
      consumers.map(({ stages: to, config, ...node }) => ({
        ...config,
        ...node,
        to: to.map(({ stage }) => stage),
      })),
    ),
    stages: named(
      stages.map(({ name, reason, lanes, throttle, delayMs }) => ({
        name,
        reason,
        lanes,
        throttle,
        delayMs,
      })),
    ),
  };
  return JSON.parse(JSON.stringify(words)) as Record<string, Json>;
}

/**
 * Routes are in the configuration as they were written; what has a `to` of its own is wired by `next`. A record that somebody meddled with may
 * lack anything.
 */
function stepWords({ type, config, to, onError }: Partial<StepNode>): Readonly<Record<string, unknown>> {
  const failed = onError?.kind === 'to' ? { to: onError.targets.map(targetName) } : onError?.kind;
  const wiring = config?.to === undefined ? 'to' : 'next';
  return { type, ...config, [wiring]: to?.map(targetName), onError: failed };
}

function named(nodes: readonly { readonly name: string }[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(nodes.map(({ name, ...node }) => [name, node]));
}

function targetName(target: Target): string {
  return target.kind === 'node' ? target.node : target.stage;
}
