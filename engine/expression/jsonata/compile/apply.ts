// Compiles `~>`: calls with the left side as first argument, or chains two functions.
import { type AstNode, operand } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { PartialCall, placeholders } from '../partial-call.ts';
import { apply, Procedure, TailCall } from '../procedure.ts';
import { descend, rise } from '../run.ts';
import type { Scope } from '../scope.ts';
import { isFunction } from '../values.ts';
import { compileCallOf } from './call.ts';
import type { Evaluator } from './evaluator.ts';
import { Wrapped } from './make-call.ts';
import { nestingHere } from './nesting.ts';
import { compileNode } from './node.ts';

export function compileApply(node: AstNode, scope: Scope): Evaluator {
  const left = compileNode(node.lhs as AstNode, scope);
  const right = operand(node.rhs);
  if (right.type === 'function') return compileCallOf(right, scope, left);
  const callee = compileNode(right, scope);
  const nesting = nestingHere();
  return (input, frame) => {
    const value = left(input, frame);
    const procedure = callee(input, frame);
    if (!isFunction(procedure)) throw fault('T2006', { position: node.position, value: procedure });
    if (isFunction(value)) return new Chain(value, procedure);
    descend(nesting);
    const result = apply(procedure, [value], null, frame);
    rise(nesting);
    return result;
  };
}

/** `f ~> g`: a function of one argument. */
class Chain extends Procedure {
  readonly #first: Procedure;
  readonly #second: Procedure;

  constructor(first: Procedure, second: Procedure) {
    super();
    this.#first = first;
    this.#second = second;
  }

  arity(): number {
    return 1;
  }

  enter([argument]: unknown[], _context: unknown, frame: Frame): unknown {
    const handed = argument instanceof Procedure ? new Wrapped(argument, frame) : argument;
    const callee = this.#second;
    const first = this.#first;
    return new TailCall(() => ({ callee, args: [apply(first, [handed], null, frame)] }), frame, null);
  }

  partial(args: readonly unknown[]): Procedure {
    return new PartialCall((all) => this.enter(all, null, []), placeholders(args, 1));
  }
}
