// Environments as they are written: values for variables, and patches with the flow or store that each is about.
import type { ManifestDocument } from '../../manifest/document.ts';
import type { EnvironmentManifest } from '../../manifest/kinds.gen.ts';
import type { ManifestNode, MapNode } from '../../manifest/node.ts';

export interface DraftPatch {
  readonly kind: 'Flow' | 'ObjectStore';
  readonly name: string;
  readonly tenant?: string;
  /** Where it stands in its document. */
  readonly index: number;
  readonly spec: MapNode;
}

export interface DraftEnvironment {
  readonly document: ManifestDocument;
  readonly name: string;
  readonly values: ReadonlyMap<string, string | number | boolean>;
  readonly patches: readonly DraftPatch[];
}

/** Expects a document of kind Environment that fits its schema. */
export function draftEnvironment(document: ManifestDocument): DraftEnvironment {
  const { metadata, spec } = document.value as EnvironmentManifest;
  return {
    document,
    name: metadata.name,
    values: new Map(Object.entries(spec.values ?? {})),
    patches: (spec.patches ?? []).map((patch, index): DraftPatch => {
      const { flow, objectStore, tenant } = patch as {
        readonly flow?: string;
        readonly objectStore?: string;
        readonly tenant?: string;
      };
      return {
        kind: flow === undefined ? 'ObjectStore' : 'Flow',
        name: flow ?? objectStore ?? '',
        ...(tenant === undefined ? {} : { tenant }),
        index,
        spec: document.node(['spec', 'patches', index, 'spec']) as MapNode,
      };
    }),
  };
}

/** What a document is, as far as patches care. */
export function identityOf({ root }: ManifestDocument) {
  const metadata = childOf(root, 'metadata');
  return {
    kind: textOf(childOf(root, 'kind')),
    name: textOf(childOf(metadata, 'name')),
    tenant: textOf(childOf(metadata, 'tenant')) ?? 'default',
  };
}

export function childOf(node: ManifestNode | undefined, key: string): ManifestNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

export function textOf(node: ManifestNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
