// Compiles partial application: `$f(?, 2)`.
import type { AstNode } from '../ast.ts';
import { fault } from '../fault.ts';
import { PLACEHOLDER } from '../procedure.ts';
import type { Scope } from '../scope.ts';
import { isFunction } from '../values.ts';
import { compileCallee, nameOf } from './call.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';

export function compilePartial(node: AstNode, scope: Scope): Evaluator {
  const callee = compileCallee(node, scope, 'T1007');
  const written = (node.arguments ?? []).map((argument) =>
    argument.type === 'operator' && argument.value === '?' ? () => PLACEHOLDER : compileNode(argument, scope),
  );
  return (input, frame) => {
    const args = written.map((argument: Evaluator) => argument(input, frame));
    const procedure = callee(input, frame);
    if (!isFunction(procedure)) throw fault('T1008', { position: node.position, token: nameOf(node) });
    return procedure.partial(args);
  };
}
