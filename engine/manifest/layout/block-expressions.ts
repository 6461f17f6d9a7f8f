// Moves expressions that are long, of several lines or in quotes into block scalars, where YAML leaves every character alone.
import { type Document, isCollection, isMap, isPair, isScalar, isSeq, type Scalar, stringify } from 'yaml';
import type { DocumentPath, ManifestDocument } from '../document.ts';
import type { ScalarNode } from '../node.ts';
import { annotation, type SchemaReader } from '../schema-view.ts';
import { walkDocument } from '../walk-document.ts';

/** Longer expressions leave the line of their field. */
const MAX_LINE = 80;

/** Changes how the YAML document will be written, never what it says. `document` is the same document with positions. */
export function blockExpressions(yaml: Document, document: ManifestDocument, reader: SchemaReader): void {
  const found: (readonly [DocumentPath, 'BLOCK_LITERAL' | 'PLAIN'])[] = [];
  walkDocument(document, reader, ({ node, path, view }) => {
    if (annotation(view, 'x-expression') !== 'jsonata' || node.kind !== 'scalar') return;
    const style = betterStyle(node, document.text.slice(node.span.start, node.span.end));
    if (style !== undefined) found.push([path, style]);
  });
  for (const [path, style] of found) {
    const owners = ownersOf(yaml.contents, path);
    if (owners === undefined) continue;
    owners.scalar.type = style;
    // A block cannot stand in a `{ … }`.
    if (style !== 'PLAIN') for (const collection of owners.collections) collection.flow = false;
  }
}

/** Undefined when the expression stands well as it is. */
function betterStyle({ value, style }: ScalarNode, written: string): 'BLOCK_LITERAL' | 'PLAIN' | undefined {
  if (typeof value !== 'string' || style === 'literal') return undefined;
  const text = value.trim();
  if (text === '' || NOT_IN_BLOCKS.test(value)) return undefined;
  if (style === 'folded' || text.includes('\n') || text.length > MAX_LINE) return 'BLOCK_LITERAL';
  if (style === 'plain') return undefined;
  if (stringify(value, { lineWidth: 0 }) !== `${value}\n`) return 'BLOCK_LITERAL';
  // Quotes that need no escapes may be there for the reader.
  return /\\|''/.test(written) ? 'PLAIN' : undefined;
}

/** Line breaks of other kinds, and characters that need escapes. */
const NOT_IN_BLOCKS =
  /[^\t\n\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

interface Owners {
  readonly scalar: Scalar;
  readonly collections: readonly { flow?: boolean }[];
}

/** The scalar at a path with everything around it; undefined when an alias or a merge key leads there. */
function ownersOf(contents: unknown, path: DocumentPath): Owners | undefined {
  const collections: { flow?: boolean }[] = [];
  let node = contents;
  for (const step of path) {
    if (!isCollection(node)) return undefined;
    collections.push(node);
    node = childOf(node, step);
  }
  return isScalar(node) ? { scalar: node, collections } : undefined;
}

function childOf(node: unknown, step: string | number): unknown {
  if (isSeq(node)) return node.items[Number(step)];
  if (!isMap(node)) return undefined;
  return node.items.find(
    (pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step),
  )?.value;
}
