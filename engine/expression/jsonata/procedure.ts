// Functions as values of an expression: built-ins, lambdas, partial applications.
import type { Frame } from './frame.ts';

/** Methods only: what is stored in fields could be read by a path such as `$sum.name`. */
export abstract class Procedure {
  /** How many arguments a higher-order function hands over. */
  abstract arity(): number;
  /** Calls without the tail-call loop. `context` stands in for an argument that a signature lets be missing. */
  abstract enter(args: unknown[], context: unknown, frame: Frame): unknown;
  /** Fixes the arguments that are not placeholders. */
  abstract partial(args: readonly unknown[]): Procedure;
}

/** `?` among the arguments of a partial application. */
export const PLACEHOLDER: unique symbol = Symbol('?');

/** A call in tail position, not made yet. */
export class TailCall {
  readonly #make: (frame: Frame, input: unknown) => { callee: Procedure; args: unknown[] };
  readonly #frame: Frame;
  readonly #input: unknown;

  constructor(
    make: (frame: Frame, input: unknown) => { callee: Procedure; args: unknown[] },
    frame: Frame,
    input: unknown,
  ) {
    this.#make = make;
    this.#frame = frame;
    this.#input = input;
  }

  prepare(): { callee: Procedure; args: unknown[] } {
    return this.#make(this.#frame, this.#input);
  }
}

/** Calls and then makes the calls that the callee left in tail position, in constant stack. */
export function apply(callee: Procedure, args: unknown[], context: unknown, frame: Frame): unknown {
  let result = callee.enter(args, context, frame);
  while (result instanceof TailCall) {
    const next = result.prepare();
    result = next.callee.enter(next.args, context, frame);
  }
  return result;
}
