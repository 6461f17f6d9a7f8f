// Compiles functions written in the expression.
import { type AstNode, operand } from '../ast.ts';
import type { Frame } from '../frame.ts';
import { PartialCall, placeholders } from '../partial-call.ts';
import { Procedure } from '../procedure.ts';
import { enter } from '../run.ts';
import { Scope } from '../scope.ts';
import { parseSignature, type Signature } from '../signature.ts';
import { namesBoundIn } from './bound-names.ts';
import type { Evaluator } from './evaluator.ts';
import { fromZero } from './nesting.ts';
import { compileNode } from './node.ts';
import { compileThunk } from './thunk.ts';

/** What all functions made by one piece of the expression share. */
interface LambdaCode {
  readonly scope: Scope;
  /** The slot of every parameter. */
  readonly slots: readonly number[];
  readonly signature: Signature | undefined;
  readonly body: Evaluator;
}

export function compileLambda(node: AstNode, outer: Scope): Evaluator {
  const body = operand(node.body);
  if (node.thunk === true) return compileThunk(body, outer);
  const parameters = (node.arguments ?? []).map((parameter) => String(parameter.value));
  const bound = namesBoundIn(body);
  const scope = new Scope(outer, [...parameters, ...bound], outer.isDynamic, bound.size === 0);
  return makeLambda({
    scope,
    slots: parameters.map((name) => scope.slotOf(name) as number),
    signature: node.signature === undefined ? undefined : parseSignature(node.signature.definition),
    body: fromZero(() => compileNode(body, scope)),
  });
}

function makeLambda(code: LambdaCode): Evaluator {
  return (input, frame) => new Lambda(code, input, frame);
}

/** A function together with the variables and the context it was made in. */
export class Lambda extends Procedure {
  readonly #code: LambdaCode;
  readonly #input: unknown;
  readonly #frame: Frame;

  constructor(code: LambdaCode, input: unknown, frame: Frame) {
    super();
    this.#code = code;
    this.#input = input;
    this.#frame = frame;
  }

  arity(): number {
    return this.#code.slots.length;
  }

  enter(args: unknown[], context: unknown): unknown {
    const { signature } = this.#code;
    return this.run(signature === undefined ? args : signature.validate(args, context));
  }

  /** Without looking at the signature. */
  run(args: readonly unknown[]): unknown {
    const { scope, slots, body } = this.#code;
    const frame = scope.newFrame(this.#frame);
    for (let index = 0; index < slots.length; index += 1) frame[slots[index] as number] = args[index];
    enter();
    return body(this.#input, frame);
  }

  partial(args: readonly unknown[]): Procedure {
    return new PartialCall((all) => this.run(all), placeholders(args, this.arity()));
  }
}
