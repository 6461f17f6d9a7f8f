// Visits every value of a document together with what the schema says about it.
import type { DocumentPath, ManifestDocument } from './document.ts';
import type { ManifestNode } from './node.ts';
import type { SchemaReader, View } from './schema-view.ts';

/** A value that is no mapping and no list is a leaf; expressions may be any kind of node when YAML took them for something else. */
export interface Visit {
  readonly node: ManifestNode;
  readonly path: DocumentPath;
  readonly view: View;
}

/** Depth first, in the order of the document. Values that the schema says nothing about come with an empty view. */
export function walkDocument(
  document: ManifestDocument,
  reader: SchemaReader,
  visit: (visit: Visit) => void,
): void {
  const step = (node: ManifestNode, path: DocumentPath, view: View, value: unknown): void => {
    visit({ node, path, view });
    const child = (key: string | number, next: ManifestNode) => {
      const inner = (value as Record<string | number, unknown>)[key];
      step(next, [...path, key], reader.child(view, key, inner), inner);
    };
    if (node.kind === 'map') for (const [key, entry] of node.entries) child(key, entry.value);
    else if (node.kind === 'list') for (const [index, item] of node.items.entries()) child(index, item);
  };
  step(document.root, [], reader.root(document.value), document.value);
}
