// Compiles what an expression answers with: plain data as it is made, so that nothing is left to clean up behind it.
import { type AstNode, operand } from '../ast.ts';
import { spendOutput, toPlain } from '../plain.ts';
import type { Scope } from '../scope.ts';
import { isTrue } from '../values.ts';
import { compileBlock, conditionOf } from './block.ts';
import type { Evaluator } from './evaluator.ts';
import { compileFieldPath, plain, toFieldPath } from './fields.ts';
import { fresh } from './fresh.ts';
import { compileGroupStep } from './group.ts';
import { nested } from './nesting.ts';
import { compileNode } from './node.ts';
import { compileSimplePath, type PathUse } from './path.ts';
import { choose } from './templates/operators.ts';
import { output, outputList } from './templates/output.ts';

const asOutput: PathUse = { compileLast: compileOutput, marks: false, fields: plain };

/** Like `compileNode`, with plain data as its value. */
export function compileOutput(node: AstNode, scope: Scope): Evaluator {
  return (
    nested(() => compileSpecial(node, scope)) ?? fresh(output)(compileNode(node, scope), toPlain, spendOutput)
  );
}

/** Nodes that hand the task on to their parts; undefined for others. */
function compileSpecial(node: AstNode, scope: Scope): Evaluator | undefined {
  if (node.type === 'path') {
    const fields = toFieldPath(node);
    if (fields !== undefined) return compileFieldPath(fields, scope, plain);
    const path = makesObjects(node) ? compileSimplePath(node, scope, asOutput) : undefined;
    return path === undefined ? undefined : fresh(outputList)(path, spendOutput);
  }
  if (!isBareNode(node)) return undefined;
  if (node.type === 'unary' && node.value === '{')
    return compileGroupStep({ lhs: node.lhs as never, position: node.position ?? 0 }, scope, compileOutput);
  if (node.type === 'condition') return compileConditionOutput(node, scope);
  if (node.type === 'block' && node.tuple !== true) return compileBlock(node, scope, compileOutput);
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

function compileConditionOutput(node: AstNode, scope: Scope): Evaluator {
  const whenTrue = compileOutput(operand(node.then), scope);
  const condition = compileNode(conditionOf(node), scope);
  const whenFalse = node.else === undefined ? () => undefined : compileOutput(node.else, scope);
  return fresh(choose)(condition, whenTrue, whenFalse, isTrue);
}
