// What stands at a place of a file that somebody is writing: the value, its path, and what the schema says about it.
import type { DocumentPath, ManifestDocument, Part } from '../manifest/document.ts';
import type { ManifestNode, Span } from '../manifest/node.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import { annotation, type SchemaReader, type View } from '../manifest/schema-view.ts';
import type { Source } from '../manifest/source.ts';

export interface Cursor {
  /** The file with a mark at the place: what is being written may be no YAML yet without it. */
  readonly document: ManifestDocument;
  readonly path: DocumentPath;
  /** Whether the place is in the name of the field at the path or in its value. */
  readonly part: Part;
  /** The text of the scalar, quotes and escapes read, and where in it the place is. */
  readonly value: string;
  readonly at: number;
  readonly view: View;
  /** What applies to whatever holds the value. */
  readonly parentView: View;
}

/** A letter of nobody's alphabet: a name to YAML and to JSONata alike. */
export const MARK = '\uE000';

/** Undefined between values, in comments, and where the file cannot be read even with some text at that place. */
export function cursorAt({ file, text }: Source, offset: number, reader: SchemaReader): Cursor | undefined {
  if (text.includes(MARK)) return undefined;
  const marked = text.slice(0, offset) + MARK + text.slice(offset);
  const { documents } = parseManifests({ file, text: marked }, undefined, { broken: 'keep' });
  for (const document of documents) {
    const found = find(document.root, offset, []);
    if (found === undefined) continue;
    const { path, part, text: value } = found;
    const at = value.indexOf(MARK);
    const whole = value.slice(0, at) + value.slice(at + 1);
    const view = reader.descend(document.value, path);
    const parentView = reader.descend(document.value, path.slice(0, -1));
    return { document, path, part, value: whole, at, view, parentView };
  }
  return undefined;
}

/** An annotation of the value, or of the list that it is an item of. */
export function marked(cursor: Cursor, keyword: string): unknown {
  const own = annotation(cursor.view, keyword);
  return own ?? (typeof cursor.path.at(-1) === 'number' ? annotation(cursor.parentView, keyword) : undefined);
}

interface Found {
  readonly path: DocumentPath;
  readonly part: Part;
  readonly text: string;
}

function find(node: ManifestNode, offset: number, path: DocumentPath): Found | undefined {
  if (node.kind === 'scalar') {
    const isMarked = typeof node.value === 'string' && node.value.includes(MARK);
    return isMarked ? { path, part: 'value', text: String(node.value) } : undefined;
  }
  if (node.kind === 'list') {
    const index = node.items.findIndex((item) => holds(item.span, offset));
    const item = node.items[index];
    return item === undefined ? undefined : find(item, offset, [...path, index]);
  }
  for (const { key, keySpan, value } of node.entries.values()) {
    if (holds(keySpan, offset) && key.includes(MARK)) return { path: [...path, key], part: 'key', text: key };
    if (holds(value.span, offset)) return find(value, offset, [...path, key]);
  }
  return undefined;
}

function holds({ start, end }: Span, offset: number): boolean {
  return offset >= start && offset <= end;
}
