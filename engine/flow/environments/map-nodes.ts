// Rebuilds a tree of manifest nodes; what an alias shares stays shared, what does not change stays the same object.
import type { ManifestNode, MapEntry, ScalarNode } from '../../manifest/node.ts';

/** Replaces scalars; `undefined` keeps one as it is. */
export function mapScalars(root: ManifestNode, replace: (node: ScalarNode) => ScalarNode): ManifestNode {
  const done = new Map<ManifestNode, ManifestNode>();
  const visit = (node: ManifestNode): ManifestNode => {
    if (node.kind === 'scalar') return replace(node);
    const known = done.get(node);
    if (known !== undefined) return known;
    const made = node.kind === 'list' ? { ...node, items: node.items.map(visit) } : rebuilt(node);
    done.set(node, made);
    return made;
  };
  const rebuilt = (node: Extract<ManifestNode, { kind: 'map' }>) => ({
    ...node,
    entries: new Map(
      [...node.entries].map(([key, entry]): [string, MapEntry] => [
        key,
        { ...entry, value: visit(entry.value) },
      ]),
    ),
  });
  return visit(root);
}

/** The same tree as it stands `by` characters further on. */
export function shifted(root: ManifestNode, by: number): ManifestNode {
  const done = new Map<ManifestNode, ManifestNode>();
  const move = ({ start, end }: { readonly start: number; readonly end: number }) => ({
    start: start + by,
    end: end + by,
  });
  const visit = (node: ManifestNode): ManifestNode => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const span = move(node.span);
    const made: ManifestNode =
      node.kind === 'scalar'
        ? { ...node, span }
        : node.kind === 'list'
          ? { ...node, span, items: node.items.map(visit) }
          : {
              ...node,
              span,
              entries: new Map(
                [...node.entries].map(([key, entry]) => [
                  key,
                  { key, keySpan: move(entry.keySpan), value: visit(entry.value) },
                ]),
              ),
            };
    done.set(node, made);
    return made;
  };
  return visit(root);
}
