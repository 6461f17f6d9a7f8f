// The abstract syntax tree as the jsonata package's parser yields it.

export interface FilterStage {
  readonly type: 'filter';
  readonly expr: AstNode;
  readonly position: number;
}

/** `#$i` behind a predicate. */
export interface IndexStage {
  readonly type: 'index';
  readonly value: string;
  readonly position: number;
}

export type Stage = FilterStage | IndexStage;

export interface Slot {
  readonly label: string;
  readonly level: number;
}

export interface SortTerm {
  readonly descending: boolean;
  readonly expression: AstNode;
}

export type Pair = readonly [AstNode, AstNode];

export interface GroupNode {
  readonly lhs: readonly Pair[];
  readonly position: number;
}

/** Which members a node has depends on its `type`. */
export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly steps?: readonly AstNode[];
  readonly predicate?: readonly FilterStage[];
  readonly stages?: readonly Stage[];
  readonly group?: GroupNode;
  /** The pairs of an object constructor, or one operand. */
  readonly lhs?: AstNode | readonly Pair[];
  readonly rhs?: AstNode;
  readonly expression?: AstNode;
  readonly expressions?: readonly AstNode[];
  readonly procedure?: AstNode;
  readonly arguments?: readonly AstNode[];
  readonly body?: AstNode;
  readonly signature?: { readonly definition: string };
  readonly thunk?: boolean;
  readonly condition?: AstNode;
  readonly then?: AstNode;
  readonly else?: AstNode;
  readonly pattern?: AstNode;
  readonly update?: AstNode;
  readonly delete?: AstNode;
  readonly terms?: readonly SortTerm[];
  readonly slot?: Slot;
  readonly ancestor?: Slot;
  readonly focus?: string;
  readonly index?: string;
  readonly tuple?: boolean;
  readonly keepArray?: boolean;
  readonly keepSingletonArray?: boolean;
  readonly consarray?: boolean;
}

/** An operand that the parser guarantees. */
export function operand(node: AstNode | undefined): AstNode {
  if (node === undefined) throw new Error('The syntax tree lacks an operand');
  return node;
}

/** The pairs of an object constructor. */
export function pairsOf(node: AstNode): readonly Pair[] {
  return node.lhs as readonly Pair[];
}
