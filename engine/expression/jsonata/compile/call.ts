// Compiles function calls.

import { type AstNode, operand } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Scope } from '../scope.ts';
import { isFunction, isTrue } from '../values.ts';
import { compileDirectCall } from './direct-call.ts';
import type { Evaluator } from './evaluator.ts';
import { type CallPlace, makeCall, wrapped } from './make-call.ts';
import { nestingHere } from './nesting.ts';
import { compileNode } from './node.ts';
import { compileVariable } from './variable.ts';

export function compileCall(node: AstNode, scope: Scope): Evaluator {
  return compileCallOf(node, scope, undefined);
}

/** `first` yields an argument in front of those written, as `~>` does. */
export function compileCallOf(node: AstNode, scope: Scope, first: Evaluator | undefined): Evaluator {
  const compileFull = (): Evaluator => compileFullCall(node, scope, first);
  return compileDirectCall(node, scope, first, compileFull) ?? compileFull();
}

function compileFullCall(node: AstNode, scope: Scope, first: Evaluator | undefined): Evaluator {
  const callee = compileCallee(node, scope, 'T1005');
  const written = (node.arguments ?? []).map((argument) => compileNode(argument, scope));
  const place = { position: node.position, name: nameOf(node), nesting: nestingHere() };
  return callInOrder(callee, first, written, place);
}

function callInOrder(
  callee: Evaluator,
  first: Evaluator | undefined,
  written: readonly Evaluator[],
  place: CallPlace,
): Evaluator {
  return (input, frame) => {
    const args: unknown[] = first === undefined ? [] : [first(input, frame)];
    const procedure = callee(input, frame);
    for (let index = 0; index < written.length; index += 1)
      args.push(wrapped((written[index] as Evaluator)(input, frame), frame));
    return makeCall(procedure, args, input, frame, place);
  };
}

export function nameOf({ procedure }: AstNode): unknown {
  return procedure?.type === 'path' ? procedure.steps?.[0]?.value : procedure?.value;
}

/** `code` is thrown when somebody forgot the `$` in front of a function's name. */
export function compileCallee(node: AstNode, scope: Scope, code: string): Evaluator {
  const procedure = operand(node.procedure);
  const evaluate = compileNode(procedure, scope);
  // The context has no name.
  if (procedure.type !== 'path' || procedure.steps?.[0]?.value === '') return evaluate;
  const meant = compileVariable({ type: 'variable', value: procedure.steps?.[0]?.value }, scope);
  return (input, frame) => {
    const value = evaluate(input, frame);
    if (value === undefined && isMeant(meant(input, frame))) {
      throw fault(code, { position: node.position, token: nameOf(node) });
    }
    return value;
  };
}

function isMeant(value: unknown): boolean {
  return (
    isFunction(value) ||
    Array.isArray(value) ||
    isTrue(value) ||
    (typeof value === 'object' && value !== null)
  );
}
