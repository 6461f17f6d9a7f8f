// What may be written in an expression: functions, variables, and the fields that a message has there.
import { bindingDocs, builtinDocs } from '../expression/builtin-docs.ts';
import { scanTokens } from '../expression/token-spans.ts';
import { fieldsAt } from '../flow/shape-at.ts';
import { describeShape } from '../shape/describe-shape.ts';
import type { Cursor } from './cursor.ts';
import { type ExpressionAt, shapeFor } from './expression-at.ts';
import type { Proposal } from './proposal.ts';
import type { World } from './world.ts';

export function completeExpression(
  cursor: Cursor,
  expression: ExpressionAt,
  world: World,
): readonly Proposal[] {
  const { source, at, isPath } = expression;
  const before = source.slice(0, at);
  if (isInText(before)) return [];
  const prefix = /[\w$`]*$/.exec(before)?.[0] ?? '';
  const from = at - prefix.length;
  const to = at + (/^[\w`]*/.exec(source.slice(at))?.[0].length ?? 0);
  const variables = isPath
    ? bindings(prefix)
    : [...bindings(prefix), ...bound(source, prefix), ...functions(prefix)];
  if (prefix.startsWith('$')) return variables;
  const isPart = /\.\s*$/.test(source.slice(0, from));
  return [...fields(cursor, expression, from, to, prefix, world), ...(isPart ? [] : variables)];
}

/** Inside quotes, a regular expression or a comment, nothing has a name. */
function isInText(before: string): boolean {
  const last = scanTokens(before).at(-1);
  const token = last === undefined ? '' : before.slice(last.start);
  if (/\/\*(?!.*\*\/)/s.test(before.slice(last?.start ?? 0))) return true;
  const quote = token[0] ?? '';
  return (
    '"\'/'.includes(quote) && quote !== '' && (token.length === 1 ? quote !== '/' : !token.endsWith(quote))
  );
}

function functions(prefix: string): readonly Proposal[] {
  return Object.entries(builtinDocs).map(([name, { call, about }]) => ({
    kind: 'function' as const,
    label: `$${name}`,
    detail: call,
    about,
    replaces: prefix.length,
  }));
}

function bindings(prefix: string): readonly Proposal[] {
  return Object.entries(bindingDocs).map(([name, about]) => ({
    kind: 'variable' as const,
    label: `$${name}`,
    about,
    replaces: prefix.length,
  }));
}

/** What the expression itself gives names to: `$x := …`, parameters, `@$x`, `#$i`. */
function bound(source: string, prefix: string): readonly Proposal[] {
  const assigned = [...source.matchAll(/\$(\w+)\s*:=/g)].map((match) => match[1] as string);
  const named = [...source.matchAll(/[@#]\$(\w+)/g)].map((match) => match[1] as string);
  const parameters = [...source.matchAll(/(?:function|λ)\s*\(([^)]*)\)/g)].flatMap((match) =>
    [...(match[1] as string).matchAll(/\$(\w+)/g)].map((inner) => inner[1] as string),
  );
  return [...new Set([...assigned, ...named, ...parameters])].map((name) => ({
    kind: 'variable' as const,
    label: `$${name}`,
    detail: 'of this expression',
    replaces: prefix.length,
  }));
}

function fields(
  cursor: Cursor,
  expression: ExpressionAt,
  from: number,
  to: number,
  prefix: string,
  world: World,
): readonly Proposal[] {
  const shape = shapeFor(cursor, expression, from, to, world);
  if (shape === undefined) return [];
  return fieldsAt(shape, []).map(({ name, shape: field, optional }) => ({
    kind: 'field' as const,
    label: /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``,
    detail: describeShape(field),
    ...(optional ? { about: 'Not every message of the sample has it.' } : {}),
    replaces: prefix.length,
  }));
}
