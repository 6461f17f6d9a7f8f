// What an editor asks: what messages look like at a place of a manifest, and which fields may be written there.
import type { DocumentPath, ManifestDocument } from '../manifest/document.ts';
import type { SchemaReader } from '../manifest/schema-view.ts';
import { fieldOf, leafOf, type Shape } from '../shape/shape.ts';
import { type DraftNode, draftFlow, fieldsOf } from './draft.ts';
import { followFlow } from './follow-flow.ts';
import type { ReadFile } from './sample-files.ts';
import { findSamples } from './samples.ts';
import { wire } from './wiring.ts';

/** One field that messages may have. */
export interface KnownField {
  readonly name: string;
  readonly shape: Shape;
  /** Not every message has it. */
  readonly optional: boolean;
}

/**
 * What a message looks like when it comes to the step or producer that holds the path (`['spec', 'steps', 0, 'when']`). Undefined
 * outside of those, and where no sample tells. Works on flows with mistakes, too.
 */
export function shapeAt(
  document: ManifestDocument,
  path: DocumentPath,
  reader: SchemaReader,
  readFile: ReadFile,
): Shape | undefined {
  if (fieldsOf(document.value).kind !== 'Flow') return undefined;
  const flow = draftFlow(document);
  const { samples } = findSamples(flow, readFile);
  if (samples.size === 0) return undefined;
  const { at } = followFlow(flow, wire(flow), samples, reader);
  const found = [...at].find(([node]) => holds(node, path));
  return found === undefined || found[1].shape.any ? undefined : found[1].shape;
}

/** The fields below a dotted path, for completion: `fieldsAt(shape, ['customer'])` after `customer.`; empty when nothing is known. */
export function fieldsAt(shape: Shape, names: readonly string[]): readonly KnownField[] {
  const { object } = leafOf(names.reduce(fieldOf, shape));
  return [...(object?.fields ?? [])].map(([name, field]) => ({ name, ...field }));
}

function holds(node: DraftNode, path: DocumentPath): boolean {
  return node.path.every((step, index) => path[index] === step);
}
