// A function that the language brings along.

import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { PartialCall, placeholders } from '../partial-call.ts';
import { Procedure } from '../procedure.ts';
import { parseSignature, type Signature } from '../signature.ts';

/** Gets arguments that have passed the signature, except in a partial application. */
export type Implementation = (args: readonly unknown[], frame: Frame, context: unknown) => unknown;

export class Builtin extends Procedure {
  readonly #name: string;
  readonly #signature: Signature;
  readonly #arity: number;
  readonly #implementation: Implementation;

  constructor(name: string, signature: string, arity: number, implementation: Implementation) {
    super();
    this.#name = name;
    this.#signature = parseSignature(signature);
    this.#arity = arity;
    this.#implementation = implementation;
  }

  arity(): number {
    return this.#arity;
  }

  enter(args: unknown[], context: unknown, frame: Frame): unknown {
    try {
      return this.#implementation(this.#signature.validate(args, context), frame, context);
    } catch (error) {
      throw this.#named(error);
    }
  }

  implementation(): Implementation {
    return this.#implementation;
  }

  /** What `count` arguments must be, one by one, for the implementation to be called with them as they are; undefined when that is not so simple. */
  direct(count: number): readonly ((value: unknown) => boolean)[] | undefined {
    return this.#signature.direct(count);
  }

  /** The wording of a mismatch names the function. */
  #named(error: unknown): unknown {
    const code = (error as { code?: unknown } | null)?.code;
    if (typeof code !== 'string' || !code.startsWith('T041')) return error;
    const { value, inserts } = error as { value: unknown; inserts?: Readonly<Record<string, unknown>> };
    return fault(code, { value, token: this.#name, inserts: inserts ?? {} });
  }

  /** As in the reference, a partial application checks no signature and takes as many arguments as are declared. */
  partial(args: readonly unknown[]): Procedure {
    if (this.#name === 'string') throw fault('S0208', { token: '=', value: 2 });
    const arity = Math.max(1, this.#arity);
    return new PartialCall((all) => this.#implementation(all, [], undefined), placeholders(args, arity));
  }
}
