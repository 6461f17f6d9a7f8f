// Compiles `*` and `**`.
import { appendTo } from '../append.ts';
import type { AstNode } from '../ast.ts';
import { listKeys } from '../key-list.ts';
import { checkLength, tick } from '../run.ts';
import { newSequence, type Sequence } from '../sequence.ts';
import { isFunction, keysOf } from '../values.ts';
import type { Evaluator } from './evaluator.ts';

export function compileWildcard(_node: AstNode): Evaluator {
  return (input) => {
    const isWrapped = Array.isArray(input) && (input as Sequence).outerWrapper === true && input.length > 0;
    const object = isWrapped ? input[0] : input;
    let found: unknown[] = newSequence();
    for (const key of keysOf(object)) {
      tick();
      const value = (object as Record<string, unknown>)[key];
      if (Array.isArray(value)) found = appendTo(found, flatten(value, []));
      else if (typeof value !== 'function') found.push(value);
    }
    return found;
  };
}

function flatten(value: unknown, into: unknown[]): unknown[] {
  tick();
  if (!Array.isArray(value)) into.push(value);
  else for (const item of value) flatten(item, into);
  return into;
}

export function compileDescendants(_node: AstNode): Evaluator {
  return (input) => {
    if (input === undefined) return undefined;
    const results = newSequence();
    descend(input, results);
    return results.length === 1 ? results[0] : results;
  };
}

function descend(input: unknown, results: Sequence): void {
  tick();
  if (Array.isArray(input)) {
    for (const member of input) descend(member, results);
    return;
  }
  results.push(input);
  checkLength(results.length);
  if (typeof input !== 'object' || input === null || isFunction(input)) return;
  for (const key of listKeys(input)) descend((input as Record<string, unknown>)[key], results);
}
