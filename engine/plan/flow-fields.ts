// Compares two versions of a flow in the words of the manifest: steps, producers and consumers by name, not stages and nodes.
import type { CompiledFlow, Json, StageNode, Target } from '../compile/program.ts';
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
  const nodes: Record<`${StageNode['kind']}s`, Record<string, unknown>> = { steps: {}, producers: {} };
  for (const node of stages.flatMap((stage) => Object.values(stage.nodes))) {
    const { kind, name, config, ...policies } = node;
    const wiring = 'to' in policies ? { to: policies.to.map(targetName) } : {};
    nodes[`${kind}s`][name] = { ...config, ...policies, ...wiring };
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

function named(nodes: readonly { readonly name: string }[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(nodes.map(({ name, ...node }) => [name, node]));
}

function targetName(target: Target): string {
  return target.kind === 'node' ? target.node : target.stage;
}
