// What is shown over a function, a variable, a field of a message, and the name of a node.
import { bindingDocs, builtinDocs } from '../expression/builtin-docs.ts';
import { scanTokens } from '../expression/token-spans.ts';
import type { Source } from '../manifest/source.ts';
import { describeShape } from '../shape/describe-shape.ts';
import { leafOf } from '../shape/shape.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { describeNode } from './describe-node.ts';
import { type ExpressionAt, expressionAt, shapeFor } from './expression-at.ts';
import { namedNodeAt, namesAt } from './names.ts';
import type { World } from './world.ts';

/** Markdown; undefined when there is nothing to say. */
export function hover(source: Source, offset: number, world: World): string | undefined {
  const cursor = cursorAt(source, offset, world.reader);
  if (cursor === undefined) return undefined;
  const expression = expressionAt(cursor);
  if (expression !== undefined) return hoverExpression(cursor, expression, world);
  const text = cursor.part === 'key' ? cursor.value : cursor.value.trim();
  const named = namedNodeAt(cursor, world) ?? namesAt(cursor, world)?.find(({ name }) => name === text);
  if (named === undefined) return undefined;
  return named.node === undefined
    ? `**${named.what} \`${named.name}\`** in ${named.file}`
    : describeNode(named.node.flow, named.node.node, world);
}

function hoverExpression(cursor: Cursor, expression: ExpressionAt, world: World): string | undefined {
  const { source, at } = expression;
  const span = scanTokens(source).find(
    ({ start, end }) => start <= at && at <= end && isName(source.slice(start, end)),
  );
  if (span === undefined) return undefined;
  const token = source.slice(span.start, span.end);
  if (token.startsWith('$')) return aboutVariable(token.slice(1));
  const name = token.replace(/^`|`$/g, '');
  const of = shapeFor(cursor, expression, span.start, span.end, world);
  const field = of && leafOf(of).object?.fields.get(name);
  if (field === undefined) return undefined;
  const some = field.optional ? '\n\nNot every message of the sample has it.' : '';
  return `\`${name}\`: ${describeShape(field.shape)}${some}`;
}

function isName(token: string): boolean {
  return /^(?:\$?\w+|`[^`]*`)$/.test(token) && !/^\d/.test(token);
}

function aboutVariable(name: string): string | undefined {
  const { call, about } = (Object.hasOwn(builtinDocs, name) ? builtinDocs[name] : undefined) ?? {};
  if (call !== undefined) return `\`\`\`jsonata\n${call}\n\`\`\`\n\n${about}`;
  return Object.hasOwn(bindingDocs, name) ? `\`$${name}\`\n\n${bindingDocs[name]}` : undefined;
}
