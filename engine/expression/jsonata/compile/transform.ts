// Compiles the transform operator `| pattern | update, delete |`.
import { type AstNode, operand } from '../ast.ts';
import { Builtin } from '../builtins/builtin.ts';
import { clone } from '../builtins/clone.ts';
import { builtins } from '../builtins/index.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { listKeys } from '../key-list.ts';
import { apply } from '../procedure.ts';
import { setField } from '../read-field.ts';
import { bindingsOfRun, rootOfRun, tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import { isArrayOfStrings, isFunction, keysOf } from '../values.ts';
import type { Evaluator } from './evaluator.ts';
import { compileNode } from './node.ts';
import { compileVariable } from './variable.ts';

interface Change {
  readonly update: Evaluator;
  readonly updatePosition: number | undefined;
  readonly remove: Evaluator | undefined;
  readonly removePosition: number | undefined;
}

export function compileTransform(node: AstNode, scope: Scope): Evaluator {
  const cloner = compileVariable({ type: 'variable', value: 'clone' }, scope);
  const pattern = compileNode(operand(node.pattern), scope);
  const change: Change = {
    update: compileNode(operand(node.update), scope),
    updatePosition: node.update?.position,
    remove: node.delete === undefined ? undefined : compileNode(node.delete, scope),
    removePosition: node.delete?.position,
  };
  const reachesOut = leavesContext(node.pattern);
  const transform = (input: unknown, frame: Frame, value: unknown): unknown => {
    if (value === undefined) return undefined;
    const copy = copyWith(cloner(input, frame), value, frame, node.position);
    const isGiven = reachesOut ? givenObjects() : never;
    const found = pattern(copy, frame);
    for (const match of Array.isArray(found) ? found : found === undefined ? [] : [found]) {
      tick();
      applyChange(change, match, frame, isGiven);
    }
    return copy;
  };
  return (input, frame) =>
    new Builtin('transform', '<(oa):o>', 1, ([value]) => transform(input, frame, value));
}

/** `$clone` may be replaced by the expression's own; what that yields is copied again, for the input is never changed. */
function copyWith(cloner: unknown, value: unknown, frame: Frame, position: number | undefined): unknown {
  if (!isFunction(cloner)) throw fault('T2013', { position });
  const copy = apply(cloner, [value], null, frame);
  return cloner === builtins.get('clone') || copy === undefined ? copy : clone(copy);
}

function applyChange(change: Change, match: unknown, frame: Frame, isGiven: IsGiven): void {
  const update = change.update(match, frame);
  const isScalar = typeof match !== 'object' || match === null;
  const mayChange = !isScalar && !isFunction(match) && !isGiven(match);
  if (update !== undefined) {
    if (typeof update !== 'object' || update === null || Array.isArray(update)) {
      throw fault('T2011', { position: change.updatePosition, value: update });
    }
    for (const key of keysOf(update)) {
      if (isScalar) throw fault('T2011', { position: change.updatePosition, value: match });
      if (!mayChange) break;
      setField(match as Record<string, unknown>, key, (update as Record<string, unknown>)[key]);
    }
  }
  if (change.remove === undefined) return;
  const keys = change.remove(match, frame);
  if (keys === undefined) return;
  const list = Array.isArray(keys) ? keys : [keys];
  if (!isArrayOfStrings(list)) throw fault('T2012', { position: change.removePosition, value: keys });
  if (mayChange) for (const key of list) delete (match as Record<string, unknown>)[key];
}

/** Whether an object belongs to the input or the bindings, which nothing may change. */
type IsGiven = (value: object) => boolean;

const never: IsGiven = () => false;

function givenObjects(): IsGiven {
  const given = new Set<object>();
  collect(rootOfRun(), given);
  collect(bindingsOfRun(), given);
  return (value) => given.has(value);
}

function collect(value: unknown, into: Set<object>): void {
  if (typeof value !== 'object' || value === null || into.has(value)) return;
  tick();
  into.add(value);
  for (const key of listKeys(value)) collect((value as Record<string, unknown>)[key], into);
}

/** A pattern without variables finds only parts of the copy. */
function leavesContext(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return false;
  const { type, value } = node as AstNode;
  if ((type === 'variable' && value !== '') || type === 'parent') return true;
  return Object.values(node).some(leavesContext);
}
