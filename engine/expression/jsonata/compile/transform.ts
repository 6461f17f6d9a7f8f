// Compiles the transform operator `| pattern | update, delete |`.
import { type AstNode, operand } from '../ast.ts';
import { Builtin } from '../builtins/builtin.ts';
import { builtins } from '../builtins/index.ts';
import { clone } from '../builtins/to-string.ts';
import { fault } from '../fault.ts';
import type { Frame } from '../frame.ts';
import { apply } from '../procedure.ts';
import { setField } from '../read-field.ts';
import { tick } from '../run.ts';
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
  const transform = (input: unknown, frame: Frame, value: unknown): unknown => {
    if (value === undefined) return undefined;
    const copy = copyWith(cloner(input, frame), value, frame, node.position);
    const found = pattern(copy, frame);
    for (const match of Array.isArray(found) ? found : found === undefined ? [] : [found]) {
      tick();
      applyChange(change, match, frame);
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

function applyChange(change: Change, match: unknown, frame: Frame): void {
  const update = change.update(match, frame);
  const isObject = typeof match === 'object' && match !== null && !isFunction(match);
  if (update !== undefined) {
    if (typeof update !== 'object' || update === null || Array.isArray(update)) {
      throw fault('T2011', { position: change.updatePosition, value: update });
    }
    if (!isObject) throw fault('T2011', { position: change.updatePosition, value: match });
    for (const key of keysOf(update)) {
      setField(match as Record<string, unknown>, key, (update as Record<string, unknown>)[key]);
    }
  }
  if (change.remove === undefined) return;
  const keys = change.remove(match, frame);
  if (keys === undefined) return;
  const list = Array.isArray(keys) ? keys : [keys];
  if (!isArrayOfStrings(list)) throw fault('T2012', { position: change.removePosition, value: keys });
  if (isObject) for (const key of list) delete (match as Record<string, unknown>)[key];
}
