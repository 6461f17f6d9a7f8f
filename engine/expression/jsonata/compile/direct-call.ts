// Compiles calls of built-in functions by name: the function is known, and of ordinary arguments only their types are looked at.
import { ExpressionError } from '../../expression-error.ts';
import { type AstNode, operand } from '../ast.ts';
import type { Builtin, Implementation } from '../builtins/builtin.ts';
import { builtins } from '../builtins/index.ts';
import type { Frame } from '../frame.ts';
import { apply, TailCall } from '../procedure.ts';
import { compileRegex } from '../regex.ts';
import { bindingsOfRun, descend, enter, rise, tick } from '../run.ts';
import { Scope } from '../scope.ts';
import { newSequence } from '../sequence.ts';
import { isTrue } from '../values.ts';
import { namesBoundIn } from './bound-names.ts';
import type { Evaluator } from './evaluator.ts';
import { unflagged } from './fields.ts';
import { fresh } from './fresh.ts';
import { makeCall, wrapped } from './make-call.ts';
import { fromZero, nestingHere } from './nesting.ts';
import { compileNode } from './node.ts';
import { compileParts, compileSimplePath, listOf, type PathUse } from './path.ts';
import * as templates from './templates/calls.ts';
import { given } from './variable.ts';

/**
 * Undefined when the call is any other. `first` is an argument in front of those written; `compileFull` compiles the call with
 * every check, for when the name means something else.
 */
export function compileDirectCall(
  node: AstNode,
  scope: Scope,
  first: Evaluator | undefined,
  compileFull: () => Evaluator,
): Evaluator | undefined {
  const name = builtinName(node, scope);
  if (name === undefined) return undefined;
  const builtin = builtins.get(name) as Builtin;
  const isReplaced = replacementTest(name);
  const slow = slowCall(name, builtin, node.position, nestingHere());
  if (first === undefined) {
    const special = compileSpecial({ name, node, scope, isReplaced, slow, compileFull });
    if (special !== undefined) return special;
  }
  const written = node.arguments ?? [];
  const tests = builtin.direct(written.length + (first === undefined ? 0 : 1));
  if (tests === undefined) return undefined;
  const values = written.map((argument) => compileArgument(name, argument, scope));
  if (first !== undefined) values.unshift(first);
  const [value1, value2, value3] = values as [Evaluator, Evaluator, Evaluator];
  const [fits1, fits2, fits3] = tests as [Fits, Fits, Fits];
  const run = located(
    TAKES_LIST.has(name) ? ofList(builtin.implementation()) : builtin.implementation(),
    node,
  );
  switch (values.length) {
    case 0:
      return fresh(templates.call0)(run, isReplaced, slow);
    case 1:
      return fresh(templates.call1)(run, isReplaced, slow, value1, fits1);
    case 2:
      return fresh(templates.call2)(run, isReplaced, slow, value1, fits1, value2, fits2);
    case 3:
      return fresh(templates.call3)(run, isReplaced, slow, value1, fits1, value2, fits2, value3, fits3);
    default:
      return undefined;
  }
}

type IsReplaced = () => boolean;
const replacementTests = new Map<string, IsReplaced>();

/** Whether the bindings of the evaluation give the name of a built-in function another meaning. */
function replacementTest(name: string): IsReplaced {
  let test = replacementTests.get(name);
  if (test === undefined) {
    test = () => {
      const bindings = bindingsOfRun();
      return bindings !== undefined && Object.hasOwn(bindings, name);
    };
    replacementTests.set(name, test);
  }
  return test;
}

type Slow = (args: unknown[], input: unknown, frame: Frame) => unknown;

/** The call with its arguments at hand and with every check. */
function slowCall(name: string, builtin: Builtin, position: number | undefined, nesting: number): Slow {
  return (args, input, frame) =>
    makeCall(
      given(name, builtin),
      args.map((arg) => wrapped(arg, frame)),
      input,
      frame,
      { position, name, nesting },
    );
}

type Fits = (value: unknown) => boolean;

function builtinName(node: AstNode, scope: Scope): string | undefined {
  const { type, value, predicate, group } = operand(node.procedure);
  const name = String(value);
  if (type !== 'variable' || predicate !== undefined || group !== undefined || scope.isDynamic)
    return undefined;
  return builtins.has(name) && scope.placesOf(name).length === 0 ? name : undefined;
}

/** These do not ask whether a list is flagged as a sequence. */
const FLAG_BLIND = new Set(['sum', 'count', 'max', 'min', 'average', 'join', 'exists', 'boolean', 'not']);

const asItems: PathUse = { compileLast: compileNode, marks: false, fields: unflagged };

function compileArgument(name: string, node: AstNode, scope: Scope): Evaluator {
  return FLAG_BLIND.has(name) ? compileItems(node, scope) : compileNode(node, scope);
}

function compileItems(node: AstNode, scope: Scope): Evaluator {
  const isPath = node.type === 'path';
  return (isPath ? compileSimplePath(node, scope, asItems) : undefined) ?? compileNode(node, scope);
}

/** The first argument of these is a list of numbers or texts, of which one may stand for itself. */
const TAKES_LIST = new Set(['sum', 'max', 'min', 'average', 'join']);

function ofList(run: Implementation): Implementation {
  return (args, frame, context) => {
    const [list, ...others] = args;
    return run(list === undefined || Array.isArray(list) ? args : [[list], ...others], frame, context);
  };
}

function located(run: Implementation, { position }: AstNode): Implementation {
  return (args, frame, context) => {
    try {
      return run(args, frame, context);
    } catch (error) {
      if (error instanceof ExpressionError) error.position ??= position;
      throw error;
    }
  };
}

interface Special {
  readonly name: string;
  readonly node: AstNode;
  readonly scope: Scope;
  readonly isReplaced: IsReplaced;
  readonly slow: Slow;
  readonly compileFull: () => Evaluator;
}

function compileSpecial(call: Special): Evaluator | undefined {
  const [first, second, third] = call.node.arguments ?? [];
  if (first === undefined || third !== undefined) return undefined;
  if (call.name === 'sum' && second === undefined) return compileSum(call, first);
  if (second === undefined) return undefined;
  if (call.name === 'contains') return compileContains(call, first, second);
  return compileHigherOrder(call, first, second);
}

function compileSum({ scope, isReplaced, slow }: Special, list: AstNode): Evaluator | undefined {
  if (list.type !== 'path') return undefined;
  const parts = compileParts(list, scope, asItems);
  if (parts === undefined) return undefined;
  const { read, evaluate } = parts;
  const whole = listOf(parts);
  return fresh(templates.sum)(
    isReplaced,
    (input, frame) => slow([whole(input, frame)], input, frame),
    read,
    evaluate,
    tick,
  );
}

function compileContains(
  { scope, isReplaced, slow }: Special,
  text: AstNode,
  pattern: AstNode,
): Evaluator | undefined {
  if (pattern.type !== 'regex' || !(pattern.value instanceof RegExp) || pattern.predicate !== undefined)
    return undefined;
  const { value: regex } = compileRegex(pattern.value.source, pattern.value.flags);
  if (regex === undefined) return undefined;
  const matcher = compileNode(pattern, scope);
  const value = compileNode(text, scope);
  return fresh(templates.contains)(
    (subject) => regex.test(subject),
    isReplaced,
    (found, input, frame) => slow([found, matcher(input, frame)], input, frame),
    value,
  );
}

function compileHigherOrder(
  { name, scope, isReplaced, compileFull }: Special,
  list: AstNode,
  written: AstNode,
): Evaluator | undefined {
  if (name !== 'map' && name !== 'filter' && name !== 'reduce') return undefined;
  const parameters = written.arguments?.length;
  if (name === 'reduce' ? parameters !== 2 : parameters !== 1 && parameters !== 2) return undefined;
  const call = compileInline(written, scope);
  if (call === undefined) return undefined;
  const value = compileItems(list, scope);
  const whole = whenNeeded(compileFull);
  const nesting = nestingHere();
  if (name === 'map')
    return fresh(templates.map)(isReplaced, whole, value, call, newSequence, tick, descend, rise, nesting);
  if (name === 'filter')
    return fresh(templates.filter)(
      isReplaced,
      whole,
      value,
      call,
      newSequence,
      tick,
      descend,
      rise,
      nesting,
      isTrue,
    );
  return fresh(templates.reduce)(isReplaced, whole, value, call, tick, descend, rise, nesting);
}

/** Compiled when it is called for the first time. */
function whenNeeded(compile: () => Evaluator): Evaluator {
  let evaluate: Evaluator | undefined;
  return (input, frame) => {
    evaluate ??= compile();
    return evaluate(input, frame);
  };
}

/** A function written where it is handed over, that binds nothing but its parameters. */
function compileInline(node: AstNode, outer: Scope): templates.Inline | undefined {
  const body = node.body;
  if (node.type !== 'lambda' || body === undefined || node.thunk === true || node.signature !== undefined)
    return undefined;
  if (node.predicate !== undefined || node.group !== undefined || namesBoundIn(body).size > 0)
    return undefined;
  const names = (node.arguments ?? []).map((parameter) => String(parameter.value));
  if (new Set(names).size !== names.length) return undefined;
  const scope = new Scope(outer, names, false, true);
  const evaluate = fromZero(() => compileNode(body, scope));
  return fresh(names.length === 1 ? templates.inline1 : templates.inline2)(evaluate, enter, settle);
}

/** Makes the calls that were left in tail position. */
function settle(result: unknown, frame: Frame): unknown {
  let settled = result;
  while (settled instanceof TailCall) {
    const next = settled.prepare();
    settled = next.callee.enter(next.args, null, frame);
  }
  return settled;
}

export { apply };
