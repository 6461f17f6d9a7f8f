// Compiles predicates: `[2]`, `[price > 10]`, `[[0..2]]`.
import type { AstNode } from '../ast.ts';
import { tick } from '../run.ts';
import type { Scope } from '../scope.ts';
import { newSequence, type Sequence, sequenceOf } from '../sequence.ts';
import { isArrayOfNumbers, isNumeric, isTrue } from '../values.ts';
import type { Evaluator } from './evaluator.ts';
import { fresh } from './fresh.ts';
import { compileNode } from './node.ts';
import { filterItems } from './templates/lists.ts';

/** Filters what `evaluate` yields; the result is a sequence that is not unwrapped yet. */
export function compileFilter(predicate: AstNode, evaluate: Evaluator, scope: Scope): Evaluator {
  const filter = compileStage(predicate, scope);
  return (input, frame) => filter(evaluate(input, frame), frame);
}

/** The same as a function of the value to filter. */
export function compileStage(predicate: AstNode, scope: Scope): Evaluator {
  if (predicate.type === 'number') return pickAt(Math.floor(predicate.value as number));
  const test = compileNode(predicate, scope);
  return fresh(filterItems)(test, newSequence, sequenceOf, keep, tick);
}

/** `answer` is a condition, an index or a list of indices. */
export function keep(results: Sequence, item: unknown, answer: unknown, index: number, length: number): void {
  if (answer === true) results.push(item);
  else if (isNumeric(answer)) keepAt(results, item, answer, index, length);
  else if (isArrayOfNumbers(answer)) {
    for (const wanted of answer) keepAt(results, item, wanted, index, length);
  } else if (isTrue(answer)) results.push(item);
}

function keepAt(results: Sequence, item: unknown, wanted: number, index: number, length: number): void {
  const floor = Math.floor(wanted);
  if ((floor < 0 ? length + floor : floor) === index) results.push(item);
}

function pickAt(index: number): Evaluator {
  return (value) => {
    const items = Array.isArray(value) ? value : sequenceOf(value);
    const item = items[index < 0 ? items.length + index : index];
    if (Array.isArray(item)) return item;
    const results = newSequence();
    if ((value as Sequence | undefined)?.tupleStream === true) results.tupleStream = true;
    if (item !== undefined) results.push(item);
    return results;
  };
}
