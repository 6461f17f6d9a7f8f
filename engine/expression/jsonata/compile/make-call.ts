// Makes calls of functions that are known only when the expression runs.
import { ExpressionError } from '../../expression-error.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { apply, Procedure } from '../procedure.ts';
import { descend, rise, tick } from '../run.ts';
import { isFunction } from '../values.ts';

/** Where a call is written. */
export interface CallPlace {
  readonly position: number | undefined;
  readonly name: unknown;
  /** Evaluations that it stands inside, in its function. */
  readonly nesting: number;
}

export function makeCall(
  procedure: unknown,
  args: unknown[],
  input: unknown,
  frame: Frame,
  { position, name, nesting }: CallPlace,
): unknown {
  descend(nesting);
  try {
    if (!isFunction(procedure)) throw fault('T1006', { token: name });
    return apply(procedure, args, input, frame);
  } catch (error) {
    if (error instanceof ExpressionError) error.position ??= position;
    throw error;
  } finally {
    rise(nesting);
  }
}

/** A function handed over as an argument is called as if from where it was handed over. */
export function wrapped(value: unknown, frame: Frame): unknown {
  return value instanceof Procedure ? new Wrapped(value, frame) : value;
}

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
    // Handed on and on, it stands in as many of these.
    tick();
    return apply(this.#inner, args, null, this.#frame);
  }

  partial(): Procedure {
    throw fault('S0202', { token: '...params', value: '.' });
  }
}
