// Merges a patch into a manifest: fields by field, lists of named things by name, anything else replaced.
import type { DocumentPath } from '../../manifest/document.ts';
import type { ListNode, ManifestNode, MapEntry, MapNode } from '../../manifest/node.ts';
import { childOf, textOf } from './draft-environment.ts';

/** A name in the patch that the manifest does not have. `path` is within the patch. */
export interface UnknownName {
  readonly name: string;
  readonly path: DocumentPath;
  readonly known: readonly string[];
}

export interface Merged {
  readonly node: ManifestNode;
  readonly unknown: readonly UnknownName[];
}

/** Null takes a field away. A patch adds no consumers, steps or producers: their order would be anybody's guess. */
export function mergePatch(
  base: ManifestNode | undefined,
  patch: ManifestNode,
  path: DocumentPath = [],
): Merged {
  if (base?.kind === 'map' && patch.kind === 'map') return mergeMaps(base, patch, path);
  if (base?.kind === 'list' && patch.kind === 'list' && isNamed(base) && isNamed(patch))
    return mergeNamed(base, patch, path);
  return { node: patch, unknown: [] };
}

function mergeMaps(base: MapNode, patch: MapNode, path: DocumentPath): Merged {
  const entries = new Map<string, MapEntry>(base.entries);
  const unknown: UnknownName[] = [];
  for (const [key, entry] of patch.entries) {
    const before = entries.get(key);
    if (entry.value.kind === 'scalar' && entry.value.value === null) {
      entries.delete(key);
      continue;
    }
    const merged = mergePatch(before?.value, entry.value, [...path, key]);
    unknown.push(...merged.unknown);
    const isKept = before !== undefined && merged.node.span === before.value.span;
    entries.set(key, { ...(isKept ? before : entry), value: merged.node });
  }
  return { node: { ...base, entries }, unknown };
}

function mergeNamed(base: ListNode, patch: ListNode, path: DocumentPath): Merged {
  const known = base.items.map(nameOf).filter((name) => name !== undefined);
  const unknown: UnknownName[] = [];
  const items = [...base.items];
  for (const [index, change] of patch.items.entries()) {
    const name = nameOf(change) as string;
    const at = known.indexOf(name);
    if (at === -1) {
      unknown.push({ name, path: [...path, index, 'name'], known });
      continue;
    }
    const merged = mergePatch(items[at], change, [...path, index]);
    items[at] = merged.node;
    unknown.push(...merged.unknown);
  }
  return { node: { ...base, items }, unknown };
}

function isNamed(list: ListNode): boolean {
  return list.items.length > 0 && list.items.every((item) => nameOf(item) !== undefined);
}

function nameOf(item: ManifestNode): string | undefined {
  return textOf(childOf(item, 'name'));
}
