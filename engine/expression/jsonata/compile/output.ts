// Compiles what an expression answers with: plain data as it is made, so that nothing is left to clean up behind it.
import { type AstNode, operand } from '../ast.ts';
import { spendOutput, toPlain } from '../plain.ts';
import type { Scope } from '../scope.ts';
import { unwrap } from '../sequence.ts';
import { isTrue } from '../values.ts';
import { compileBlock, conditionOf } from './block.ts';
import type { Evaluator } from './evaluator.ts';
import { compileFieldPath, plain, toFieldPath } from './fields.ts';
import { fresh } from './fresh.ts';
import { compileGroupStep } from './group.ts';
import { nested } from './nesting.ts';
import { compileNode, isScalar } from './node.ts';
import { compileSimplePath, type PathUse } from './path.ts';
import { unwrapped } from './templates/blocks.ts';
import { choose } from './templates/operators.ts';
import { output, outputList } from './templates/output.ts';

const asOutput: PathUse = {
  compileLast: (node, scope) => compileOutput(node, scope),
  marks: false,
  fields: plain,
};

/** Like `compileNode`, with plain data as its value. Each of the blocks and conditions around it unwraps once more what it hands on. */
export function compileOutput(node: AstNode, scope: Scope, around = 0): Evaluator {
  const special = nested(() => compileSpecial(node, scope, around));
  if (special !== undefined) return special;
  let evaluate = compileNode(node, scope);
  if (!isScalar(node))
    for (let count = 0; count < around; count += 1) evaluate = fresh(unwrapped)(evaluate, unwrap);
  return fresh(output)(evaluate, toPlain, spendOutput);
}

/** Nodes that hand the task on to their parts; undefined for others. */
function compileSpecial(node: AstNode, scope: Scope, around: number): Evaluator | undefined {
  if (node.type === 'path') {
    const fields = toFieldPath(node);
    if (fields !== undefined) return compileFieldPath(fields, scope, plain);
    const path = makesObjects(node) ? compileSimplePath(node, scope, asOutput) : undefined;
    return path === undefined ? undefined : fresh(outputList)(path, spendOutput);
  }
  if (!isBareNode(node)) return undefined;
  if (node.type === 'unary' && node.value === '{')
    return compileGroupStep(
      { lhs: node.lhs as never, position: node.position ?? 0 },
      scope,
      (value, within) => compileOutput(value, within),
    );
  if (node.type === 'condition') return compileConditionOutput(node, scope, around + 1);
  if (node.type === 'block' && node.tuple !== true)
    return compileBlock(node, scope, (last, within) => compileOutput(last, within, around + 1));
  return undefined;
}

function isBareNode(node: AstNode): boolean {
  return node.predicate === undefined && node.group === undefined && node.keepArray !== true;
}

/** Whether the last step is an object constructor. */
function makesObjects({ steps }: AstNode): boolean {
  const last = steps?.at(-1);
  return last?.type === 'unary' && last.value === '{' && isBareNode(last) && last.stages === undefined;
}

function compileConditionOutput(node: AstNode, scope: Scope, around: number): Evaluator {
  const whenTrue = compileOutput(operand(node.then), scope, around);
  const condition = compileNode(conditionOf(node), scope);
  const whenFalse = node.else === undefined ? () => undefined : compileOutput(node.else, scope, around);
  return fresh(choose)(condition, whenTrue, whenFalse, isTrue);
}
