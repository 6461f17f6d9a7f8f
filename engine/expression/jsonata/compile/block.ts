// Compiles blocks, assignments and conditions.
import { type AstNode, operand } from '../ast.ts';
import { type Frame, UNBOUND } from '../frame.ts';
import { DYNAMIC_SLOT, type DynamicNames, Scope } from '../scope.ts';
import { isTrue } from '../values.ts';
import { namesBoundIn } from './bound-names.ts';
import type { Evaluator } from './evaluator.ts';
import { fresh } from './fresh.ts';
import { compileNode } from './node.ts';
import { assign, frame1, frame2, frame3, inFrame, sequence } from './templates/blocks.ts';
import { choose } from './templates/operators.ts';

/** A block has a frame only when it binds something. */
export function compileBlock(node: AstNode, outer: Scope, compileLast = compileNode): Evaluator {
  const expressions = node.expressions ?? [];
  const scope = Scope.within(outer, namesBoundIn(...expressions));
  const parts = expressions.map((expression, index) =>
    (index === expressions.length - 1 ? compileLast : compileNode)(expression, scope),
  );
  const run = inOrder(parts);
  if (scope === outer) return run;
  return fresh(inFrame)(frameMaker(scope), run);
}

function frameMaker(scope: Scope): (parent: Frame) => Frame {
  const makers = [frame1, frame2, frame3];
  const make = scope.isDynamic ? undefined : makers[scope.size - 2];
  return make === undefined ? (parent) => scope.newFrame(parent) : make(UNBOUND);
}

function inOrder(parts: readonly Evaluator[]): Evaluator {
  const [only, second] = parts;
  if (only === undefined) return () => undefined;
  if (second === undefined) return only;
  return fresh(sequence)(only, inOrder(parts.slice(1)));
}

/** Binds in the frame that the assignment stands in. */
export function compileBind(node: AstNode, scope: Scope): Evaluator {
  const name = String((node.lhs as AstNode).value);
  const value = compileNode(operand(node.rhs), scope);
  const slot = scope.slotOf(name);
  if (slot === undefined) return bindDynamic(name, value);
  return fresh(assign)(slot, value);
}

/** An assignment inside `$eval` into a frame that was made without it. */
function bindDynamic(name: string, value: Evaluator): Evaluator {
  return (input, frame) => {
    const result = value(input, frame);
    (frame[DYNAMIC_SLOT] as DynamicNames).names.set(name, result);
    return result;
  };
}

export function compileCondition(node: AstNode, scope: Scope): Evaluator {
  const whenTrue = compileNode(operand(node.then), scope);
  const condition = compileNode(conditionOf(node), scope);
  const whenFalse = node.else === undefined ? nothing : compileNode(node.else, scope);
  return fresh(choose)(condition, whenTrue, whenFalse, isTrue);
}

const nothing: Evaluator = () => undefined;

/** The parser copies the left side of `?:` and `??` as JSON, which loses its regular expressions. */
export function conditionOf(node: AstNode): AstNode {
  const condition = operand(node.condition);
  if (!holdsLostRegex(condition)) return condition;
  const then = operand(node.then);
  if (isCopy(condition, then)) return then;
  const [first] = condition.arguments ?? [];
  const isCoalescing = condition.procedure?.position === undefined && first !== undefined;
  return isCoalescing && isCopy(first, then) ? { ...condition, arguments: [then] } : condition;
}

/** Positions make the two alike only when one was made from the other. */
function isCopy(copy: AstNode, original: AstNode): boolean {
  return JSON.stringify(copy) === JSON.stringify(original);
}

function holdsLostRegex(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return false;
  const node = value as AstNode;
  if (node.type === 'regex' && !(node.value instanceof RegExp)) return true;
  return Object.values(value).some(holdsLostRegex);
}
