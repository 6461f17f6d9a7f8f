// One manifest document: its value, and where in the file every part of it stands.
import type { Range } from '../diagnostics/diagnostic.ts';
import type { TextPositions } from '../diagnostics/text-positions.ts';
import type { ManifestNode, Span } from './node.ts';

/** Field names and list indexes from the top of the document, e.g. `['spec', 'steps', 0, 'expression']`. */
export type DocumentPath = readonly (string | number)[];

/** What of a field is meant: the name before the colon, the value after it. */
export type Part = 'key' | 'value';

export class ManifestDocument {
  readonly file: string;
  readonly root: ManifestNode;
  readonly positions: TextPositions;
  #value: unknown;
  #hasValue = false;

  constructor(file: string, root: ManifestNode, positions: TextPositions) {
    this.file = file;
    this.root = root;
    this.positions = positions;
  }

  get text(): string {
    return this.positions.text;
  }

  /** The document as plain JSON. What an alias refers to is shared: treat it as immutable. */
  get value(): unknown {
    if (!this.#hasValue) {
      this.#value = toValue(this.root, new Map());
      this.#hasValue = true;
    }
    return this.#value;
  }

  /** The node at a path, undefined when the document has nothing there. */
  node(path: DocumentPath): ManifestNode | undefined {
    let node: ManifestNode | undefined = this.root;
    for (const step of path) {
      if (node === undefined) return undefined;
      node = childOf(node, step);
    }
    return node;
  }

  /** Where a part of the document stands; the nearest enclosing part when there is nothing at the path. */
  locate(path: DocumentPath, part: Part = 'value'): Range {
    let node = this.root;
    let key: Span | undefined;
    for (const [index, step] of path.entries()) {
      const child = childOf(node, step);
      if (child === undefined) return this.range(index === 0 ? headOf(node) : (key ?? headOf(node)));
      key = node.kind === 'map' ? node.entries.get(String(step))?.keySpan : undefined;
      node = child;
    }
    return this.range(part === 'key' && key !== undefined ? key : headOf(node));
  }

  range(span: Span): Range {
    return this.positions.range(span.start, span.end);
  }
}

function childOf(node: ManifestNode, step: string | number): ManifestNode | undefined {
  if (node.kind === 'map') return node.entries.get(String(step))?.value;
  return node.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined;
}

/** What stands for a node in a message: all of a text or a `{ … }`, the first key of a mapping, the first item's of a list. */
export function headOf(node: ManifestNode): Span {
  if (node.kind === 'scalar' || node.flow) return node.span;
  if (node.kind === 'map') {
    const first = node.entries.values().next().value;
    return first === undefined || first.keySpan.start < node.span.start ? node.span : first.keySpan;
  }
  return { start: node.span.start, end: node.span.start + 1 };
}

function toValue(node: ManifestNode, done: Map<ManifestNode, unknown>): unknown {
  if (node.kind === 'scalar') return node.value;
  const known = done.get(node);
  if (known !== undefined) return known;
  const value =
    node.kind === 'list'
      ? node.items.map((item) => toValue(item, done))
      : Object.fromEntries([...node.entries].map(([key, entry]) => [key, toValue(entry.value, done)]));
  done.set(node, value);
  return value;
}
