// Compiles calls in tail position: they are made by the caller's loop, so that recursion needs no stack.
import type { AstNode } from '../ast.ts';
import { operand } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { type Procedure, TailCall } from '../procedure.ts';
import { tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import { isFunction } from '../values.ts';
import { nameOf } from './call.ts';
import type { Evaluator } from './evaluator.ts';
import { fromZero } from './nesting.ts';
import { compileNode } from './node.ts';

export function compileThunk(node: AstNode, scope: Scope): Evaluator {
  const [callee, written] = fromZero(() => [
    compileNode(operand(node.procedure), scope),
    (node.arguments ?? []).map((argument) => compileNode(argument, scope)),
  ]);
  const make = (frame: Frame, input: unknown): { callee: Procedure; args: unknown[] } => {
    tick();
    const procedure = callee(input, frame);
    const args = written.map((argument) => argument(input, frame));
    if (!isFunction(procedure)) throw fault('T1006', { token: nameOf(node), position: node.position });
    return { callee: procedure, args };
  };
  return (input, frame) => new TailCall(make, frame, input);
}
