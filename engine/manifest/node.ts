// A YAML document as a tree of values that know where they stand, independent of the YAML library.

/** How a text is written in YAML. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** Offsets in the text of the file; `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  readonly style: ScalarStyle;
}

export interface MapEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: ManifestNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly span: Span;
  /** Written as `{ … }` instead of by indentation. */
  readonly flow: boolean;
  /** In the order of the document, keys unique. */
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface ListNode {
  readonly kind: 'list';
  readonly span: Span;
  readonly flow: boolean;
  readonly items: readonly ManifestNode[];
}

/** Nodes that an alias refers to are shared, never copied; there are no cycles. */
export type ManifestNode = ScalarNode | MapNode | ListNode;

/** What a YAML value is called in a message: `a list`, `the number 5`, `empty`. */
export function describeNode(node: ManifestNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'empty';
  if (typeof node.value !== 'string') return `the ${typeof node.value} ${node.value}`;
  return 'a text';
}
