// Compiles function calls.

import { ExpressionError } from '../../expression-error.ts';
import { type AstNode, operand } from '../ast.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { apply, Procedure } from '../procedure.ts';
import { descend, rise } from '../run.ts';
import type { Scope } from '../scope.ts';
import { isFunction, isTrue } from '../values.ts';
import type { Evaluator } from './evaluator.ts';
import { nestingHere } from './nesting.ts';
import { compileNode } from './node.ts';
import { compileVariable } from './variable.ts';

export function compileCall(node: AstNode, scope: Scope): Evaluator {
  return compileCallOf(node, scope, undefined);
}

/** `first` yields an argument in front of those written, as `~>` does. */
export function compileCallOf(node: AstNode, scope: Scope, first: Evaluator | undefined): Evaluator {
  const callee = compileCallee(node, scope, 'T1005');
  const written = (node.arguments ?? []).map((argument) => compileNode(argument, scope));
  const nesting = nestingHere();
  return (input, frame) => {
    const args: unknown[] = first === undefined ? [] : [first(input, frame)];
    const procedure = callee(input, frame);
    for (let index = 0; index < written.length; index += 1) {
      const value = (written[index] as Evaluator)(input, frame);
      args.push(value instanceof Procedure ? new Wrapped(value, frame) : value);
    }
    descend(nesting);
    const result = call(procedure, args, input, frame, node);
    rise(nesting);
    return result;
  };
}

function call(procedure: unknown, args: unknown[], input: unknown, frame: Frame, node: AstNode): unknown {
  try {
    if (!isFunction(procedure)) throw fault('T1006', { token: nameOf(node) });
    return apply(procedure, args, input, frame);
  } catch (error) {
    if (error instanceof ExpressionError) error.position ??= node.position;
    throw error;
  }
}

export function nameOf({ procedure }: AstNode): unknown {
  return procedure?.type === 'path' ? procedure.steps?.[0]?.value : procedure?.value;
}

/** `code` is thrown when somebody forgot the `$` in front of a function's name. */
export function compileCallee(node: AstNode, scope: Scope, code: string): Evaluator {
  const procedure = operand(node.procedure);
  const evaluate = compileNode(procedure, scope);
  if (procedure.type !== 'path') return evaluate;
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

/** A function handed over as an argument: it is called as if from where it was handed over. */
export class Wrapped extends Procedure {
  readonly #inner: Procedure;
  readonly #frame: Frame;

  constructor(inner: Procedure, frame: Frame) {
    super();
    this.#inner = inner;
    this.#frame = frame;
  }

  arity(): number {
    return this.#inner.arity();
  }

  enter(args: unknown[]): unknown {
    return apply(this.#inner, args, null, this.#frame);
  }

  partial(): Procedure {
    throw fault('S0202', { token: '...params', value: '.' });
  }
}
