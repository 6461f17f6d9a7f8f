// Finds names in an expression that mean nothing, unknown functions and variables, and calls of built-in functions that never fit.
import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { builtinArity, describeArity } from './builtin-arity.ts';
import { builtinNames } from './builtin-names.ts';
import type { AstNode } from './parse.ts';
import type { ExpressionProblem } from './types.ts';

/** `bindings` are known besides JSONata's own functions and what the expression itself binds. */
export function checkNames(
  ast: AstNode,
  source: string,
  bindings: readonly string[],
): readonly ExpressionProblem[] {
  const bound = new Set<string>(['', '$', ...bindings]);
  /** Calls behind `~>`: what stands before it is their first argument. */
  const piped = new Set<unknown>();
  const nodes = nodesOf(ast);
  for (const node of nodes) {
    collectBound(node, bound);
    if (node.type === 'apply') piped.add(node.rhs);
  }
  const problems: ExpressionProblem[] = [];
  for (const node of nodes) {
    if (node.type === 'function' || node.type === 'partial') {
      const called = node.procedure as AstNode | undefined;
      if (called?.type !== 'variable') continue;
      const name = String(called.value);
      checkFunction(name, called, source, bound, problems);
      if (node.type === 'function' && !bound.has(name))
        checkArguments(name, argumentCount(node, piped), called, source, problems);
    } else if (node.type === 'apply' || node.type === 'binary') {
      for (const side of [node.lhs, node.rhs])
        checkValue(side as AstNode | undefined, source, bound, problems);
    }
  }
  for (const node of nodes) if (node.type === 'variable') checkVariable(node, source, bound, problems);
  const unique = new Map(problems.map((problem) => [problem.offset, problem]));
  return [...unique.values()].sort((a, b) => a.offset - b.offset);
}

function checkFunction(
  name: string,
  node: AstNode,
  source: string,
  bound: ReadonlySet<string>,
  problems: ExpressionProblem[],
): void {
  if (bound.has(name) || builtinNames.has(name)) return;
  const near = didYouMean(name, [...builtinNames, ...bound]);
  problems.push({
    code: 'VRS4002',
    message: `there is no function $${name}`,
    ...placeOf(name, node, source),
    help:
      near === undefined
        ? 'The functions are listed at https://docs.jsonata.org/string-functions.'
        : `Did you mean $${near}?`,
    ...(near === undefined ? {} : { replacement: `$${near}` }),
    severity: 'error',
  });
}

function argumentCount(call: AstNode, piped: ReadonlySet<unknown>): number {
  return (call.arguments as readonly AstNode[]).length + (piped.has(call) ? 1 : 0);
}

function checkArguments(
  name: string,
  count: number,
  node: AstNode,
  source: string,
  problems: ExpressionProblem[],
): void {
  const arity = builtinArity.get(name);
  if (arity === undefined || (count >= arity.least && count <= arity.most)) return;
  problems.push({
    code: 'VRS4004',
    jsonataCode: 'T0410',
    message: `$${name} takes ${describeArity(arity)}, and gets ${count}`,
    ...placeOf(name, node, source),
    help: 'Look the function up at https://docs.jsonata.org, and add or remove arguments.',
    severity: 'error',
  });
}

function checkValue(
  node: AstNode | undefined,
  source: string,
  bound: ReadonlySet<string>,
  problems: ExpressionProblem[],
): void {
  if (node?.type === 'variable') checkVariable(node, source, bound, problems);
}

function checkVariable(
  node: AstNode,
  source: string,
  bound: ReadonlySet<string>,
  problems: ExpressionProblem[],
): void {
  const name = String(node.value);
  if (bound.has(name) || builtinNames.has(name)) return;
  const place = placeOf(name, node, source);
  if (problems.some(({ offset }) => offset === place.offset)) return;
  const near = didYouMean(
    name,
    [...bound].filter((known) => known.length > 1),
  );
  problems.push({
    code: 'VRS4003',
    message: `nothing is called $${name}: it is always nothing`,
    ...place,
    help:
      near === undefined
        ? 'Bind it with `:=` in parentheses, or use $headers, $key, $id, $flow, $accepted or $attempt.'
        : `Did you mean $${near}?`,
    ...(near === undefined ? {} : { replacement: `$${near}` }),
    severity: 'error',
  });
}

/** The package's position of a variable is the offset after `$name`. */
function placeOf(
  name: string,
  node: AstNode,
  source: string,
): { readonly offset: number; readonly length: number } {
  const length = name.length + 1;
  const position = typeof node.position === 'number' ? node.position : 0;
  const offset =
    source.slice(position - length, position) === `$${name}`
      ? position - length
      : Math.max(0, source.indexOf(`$${name}`));
  return { offset, length };
}

function collectBound(node: AstNode, bound: Set<string>): void {
  if (node.type === 'bind') bound.add(String((node.lhs as AstNode).value));
  if (node.type === 'lambda')
    for (const argument of node.arguments as readonly AstNode[]) bound.add(String(argument.value));
  for (const member of ['focus', 'index'] as const)
    if (typeof node[member] === 'string') bound.add(node[member] as string);
}

/** Every node below, wherever the AST keeps it, each once. */
function nodesOf(root: unknown): readonly AstNode[] {
  const nodes: AstNode[] = [];
  const seen = new Set<object>();
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (typeof (value as AstNode).type === 'string') nodes.push(value as AstNode);
    for (const member of Object.values(value)) if (typeof member === 'object') stack.push(member);
  }
  return nodes;
}
