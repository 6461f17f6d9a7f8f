// Functions some of whose arguments are fixed.
import { PLACEHOLDER, Procedure } from './procedure.ts';

/** One entry per parameter: fixed, or open for what the call brings. */
export function placeholders(args: readonly unknown[], arity: number): readonly unknown[] {
  return Array.from({ length: arity }, (_, index) => args[index]);
}

/** A function some of whose arguments are fixed; it has no signature any more. */
export class PartialCall extends Procedure {
  readonly #call: (args: unknown[]) => unknown;
  readonly #fixed: readonly unknown[];

  constructor(call: (args: unknown[]) => unknown, fixed: readonly unknown[]) {
    super();
    this.#call = call;
    this.#fixed = fixed;
  }

  arity(): number {
    return this.#fixed.filter((arg) => arg === PLACEHOLDER).length;
  }

  enter(args: unknown[]): unknown {
    return this.#call(this.#fill(args));
  }

  partial(args: readonly unknown[]): Procedure {
    return new PartialCall(this.#call, this.#fill(placeholders(args, this.arity())));
  }

  #fill(args: readonly unknown[]): unknown[] {
    let next = 0;
    return this.#fixed.map((arg) => (arg === PLACEHOLDER ? args[next++] : arg));
  }
}
