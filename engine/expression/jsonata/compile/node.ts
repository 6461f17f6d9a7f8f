// Compiles one node of the syntax tree: its own value, then its predicates and grouping, then what sequences are worth.
import type { AstNode } from '../ast.ts';
import type { Scope } from '../scope.ts';
import { unwrap, unwrapKeeping } from '../sequence.ts';
import { compileApply } from './apply.ts';
import { compileBind, compileBlock, compileCondition } from './block.ts';
import { compileCall } from './call.ts';
import { compileArray, compileNegation } from './constructors.ts';
import { type Evaluator, NotCompiled } from './evaluator.ts';
import { compileFilter } from './filter.ts';
import { fresh } from './fresh.ts';
import { compileGroup } from './group.ts';
import { compileLambda } from './lambda.ts';
import { compileName } from './name.ts';
import { nested } from './nesting.ts';
import { compileBinary } from './operators.ts';
import { compilePartial } from './partial.ts';
import { compilePath } from './path.ts';
import { compileRegexLiteral } from './regex-literal.ts';
import { unwrapped } from './templates/blocks.ts';
import { compileTransform } from './transform.ts';
import { compileTupleBlock } from './tuple-block.ts';
import { compileVariable } from './variable.ts';
import { compileDescendants, compileWildcard } from './wildcard.ts';

type Compile = (node: AstNode, scope: Scope) => Evaluator;

const compilers: Readonly<Record<string, Compile>> = {
  path: compilePath,
  binary: compileBinary,
  unary: compileUnary,
  name: compileName,
  string: compileLiteral,
  number: compileLiteral,
  value: compileLiteral,
  wildcard: compileWildcard,
  descendant: compileDescendants,
  parent: (node, scope) => compileVariable({ type: 'variable', value: node.slot?.label }, scope),
  condition: compileCondition,
  block: (node, scope) => compileBlock(node, scope),
  bind: compileBind,
  regex: compileRegexLiteral,
  function: compileCall,
  variable: compileVariable,
  lambda: compileLambda,
  partial: compilePartial,
  apply: compileApply,
  transform: compileTransform,
};

export function compileNode(node: AstNode, scope: Scope): Evaluator {
  return nested(() => finish(node, compileUnfinished(node, scope)));
}

/** Without the last step, unwrapping: for callers that look at the sequence itself. */
function compileUnfinished(node: AstNode, scope: Scope): Evaluator {
  const compile = compilers[node.type];
  if (compile === undefined) throw new NotCompiled(`a node of type ${node.type}`);
  let evaluate = compile(node, scope);
  if (node.type === 'block' && node.tuple === true) return compileTupleBlock(node, evaluate, scope);
  for (const stage of node.predicate ?? []) evaluate = compileFilter(stage.expr, evaluate, scope);
  if (node.type !== 'path' && node.group !== undefined) evaluate = compileGroup(node.group, evaluate, scope);
  return evaluate;
}

function finish(node: AstNode, evaluate: Evaluator): Evaluator {
  if (node.keepArray === true) return (input, frame) => unwrapKeeping(evaluate(input, frame));
  return neverSequence(node) ? evaluate : fresh(unwrapped)(evaluate, unwrap);
}

const SCALARS = new Set(['string', 'number', 'value', 'regex', 'lambda', 'partial', 'transform']);

/** Nodes whose value cannot be a sequence, or that unwrap it themselves. */
function neverSequence(node: AstNode): boolean {
  if (node.predicate !== undefined) return false;
  if (node.type === 'path') return true;
  if (node.group !== undefined) return true;
  if (node.type === 'block') return isScalar(node.expressions?.at(-1));
  return node.type === 'unary' || node.type === 'binary' || SCALARS.has(node.type);
}

/** Whether a block that ends so yields what is no sequence, unlike a path, which may find one inside another. */
export function isScalar(last: AstNode | undefined): boolean {
  return last === undefined || (last.type !== 'path' && last.group === undefined && neverSequence(last));
}

function compileLiteral(node: AstNode): Evaluator {
  const { value } = node;
  return () => value;
}

function compileUnary(node: AstNode, scope: Scope): Evaluator {
  if (node.value === '-') return compileNegation(node, scope);
  if (node.value === '[') return compileArray(node, scope);
  return compileGroup({ lhs: node.lhs as never, position: node.position ?? 0 }, undefined, scope);
}
