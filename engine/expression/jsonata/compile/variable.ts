// Compiles variables: `$`, `$$`, `$name`.
import type { AstNode } from '../ast.ts';
import { builtins } from '../builtins/index.ts';
import { type Frame, parentOf, UNBOUND } from '../frame.ts';
import { bindingsOfRun, rootOfRun } from '../run.ts';
import { DYNAMIC_SLOT, type DynamicNames, type Place, type Scope } from '../scope.ts';
import type { Sequence } from '../sequence.ts';
import type { Evaluator } from './evaluator.ts';
import { fresh } from './fresh.ts';
import { bound, boundOutside } from './templates/blocks.ts';

export function compileVariable(node: AstNode, scope: Scope): Evaluator {
  const name = String(node.value);
  if (name === '') return context;
  if (scope.isDynamic) return (_input, frame) => lookupDynamic(name, frame);
  const places = scope.placesOf(name);
  const outermost = compileGlobal(name);
  return places.reduceRight<Evaluator>((outer, place) => compilePlace(place, outer), outermost);
}

function context(input: unknown): unknown {
  return Array.isArray(input) && (input as Sequence).outerWrapper === true ? input[0] : input;
}

function compilePlace({ hops, slot, isAlwaysBound }: Place, outer: Evaluator): Evaluator {
  if (isAlwaysBound) return compileParameter(hops, slot);
  return hops === 0
    ? fresh(bound)(slot, UNBOUND, outer)
    : fresh(boundOutside)(hops, slot, UNBOUND, outer, climb);
}

function compileParameter(hops: number, slot: number): Evaluator {
  if (hops === 0) return (_input, frame) => frame[slot];
  if (hops === 1) return (_input, frame) => (frame[0] as Frame)[slot];
  return (_input, frame) => climb(frame, hops)[slot];
}

export function climb(frame: Frame, hops: number): Frame {
  let found = frame;
  for (let hop = 0; hop < hops; hop += 1) found = parentOf(found);
  return found;
}

/** Neither bound in the expression nor a parameter: given from outside, or built in. */
function compileGlobal(name: string): Evaluator {
  if (name === '$') return rootOfRun;
  const builtin = builtins.get(name);
  return () => given(name, builtin);
}

export function given(name: string, otherwise: unknown): unknown {
  const bindings = bindingsOfRun();
  return bindings !== undefined && Object.hasOwn(bindings, name) ? bindings[name] : otherwise;
}

/** For expressions that use `$eval`: looks through all frames by name. */
export function lookupDynamic(name: string, from: Frame): unknown {
  for (let frame: Frame | undefined = from; frame !== undefined; frame = frame[0] as Frame | undefined) {
    const { scope, names } = frame[DYNAMIC_SLOT] as DynamicNames;
    const slot = scope.slotOf(name);
    if (slot !== undefined && frame[slot] !== UNBOUND) return frame[slot];
    if (names.has(name)) return names.get(name);
  }
  return name === '$' ? rootOfRun() : given(name, builtins.get(name));
}
