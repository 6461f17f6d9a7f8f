// The expression at the cursor, alone: the value of a field, or the hole of a template.

import type { AstNode } from '../expression/jsonata/ast.ts';
import { parseExpression } from '../expression/parse.ts';
import { scanTokens } from '../expression/token-spans.ts';
import { shapeAt } from '../flow/shape-at.ts';
import { shapeAsked } from '../shape/follow-expression.ts';
import type { Shape } from '../shape/shape.ts';
import { type Cursor, MARK, marked } from './cursor.ts';
import type { World } from './world.ts';

export interface ExpressionAt {
  readonly source: string;
  /** Where in it the cursor is. */
  readonly at: number;
  /** The dotted path of a rule is read like an expression of nothing but names. */
  readonly isPath: boolean;
}

/** Undefined outside of expressions. */
export function expressionAt(cursor: Cursor): ExpressionAt | undefined {
  if (cursor.part === 'key') return undefined;
  const { value, at } = cursor;
  const kind = marked(cursor, 'x-expression');
  if (kind === 'jsonata' || kind === 'path') return { source: value, at, isPath: kind === 'path' };
  if (kind !== 'template') return undefined;
  const open = value.lastIndexOf('{{', at - 1);
  if (open < 0 || open + 2 > at || value.slice(open + 2, at).includes('}}')) return undefined;
  const close = value.indexOf('}}', at);
  return { source: value.slice(open + 2, close < 0 ? at : close), at: at - open - 2, isPath: false };
}

/** What is written there instead of the part from `from` to `to` would be a field of this; undefined when nothing is known. */
export function shapeFor(
  cursor: Cursor,
  { source }: ExpressionAt,
  from: number,
  to: number,
  world: World,
): Shape | undefined {
  const input = shapeAt(cursor.document, cursor.path, world.reader, world.readFile);
  if (input === undefined) return undefined;
  const before = source.slice(0, from) + MARK;
  for (const text of [before + source.slice(to), before + closing(before)]) {
    const { ast } = parseExpression(text);
    const asked = ast && shapeAsked(ast as unknown as AstNode, input, MARK);
    if (asked !== undefined) return asked;
  }
  // What is around it cannot be read: at least a name that follows no dot is one of the message.
  return /\.\s*$/.test(source.slice(0, from)) ? undefined : input;
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The brackets that are still open at the end of a text. */
function closing(text: string): string {
  const open: string[] = [];
  for (const { start, end } of scanTokens(text)) {
    const token = text.slice(start, end);
    const closer = CLOSERS[token];
    if (closer !== undefined) open.push(closer);
    else if (token === open.at(-1)) open.pop();
  }
  return open.toReversed().join('');
}
