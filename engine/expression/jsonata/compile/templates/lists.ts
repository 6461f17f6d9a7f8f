// Walks through lists as templates for `fresh`. They use their parameters only.
import type { Sequence } from '../../sequence.ts';
import type { Evaluator } from '../evaluator.ts';

type List = unknown[];

/**
 * The last step of a path, for every item of what `read` yields. Lists found by an item flatten into the result, except those
 * that an array constructor made; `mark` flags a result of several.
 */
export const mapItems =
  (
    read: Evaluator,
    evaluate: Evaluator,
    tick: () => void,
    flatten: (value: List, into: List) => void,
    mark: (items: List) => List,
  ): Evaluator =>
  (input, frame) => {
    const value = read(input, frame);
    if (value === undefined) return undefined;
    const results: List = [];
    let count = 0;
    let first: unknown;
    const isList = Array.isArray(value) && (value as Sequence).cons !== true;
    const length = isList ? (value as List).length : 1;
    for (let index = 0; index < length; index += 1) {
      tick();
      const found = evaluate(isList ? (value as List)[index] : value, frame);
      if (found === undefined) continue;
      if (count === 0) first = found;
      count += 1;
      if (Array.isArray(found) && (found as Sequence).cons !== true) flatten(found, results);
      else results.push(found);
    }
    // The only result is that list itself.
    if (count === 1 && Array.isArray(first) && (first as Sequence).sequence !== true) return first;
    if (results.length > 1) return mark(results);
    return results[0];
  };

/** A step in the middle of a path: a plain list of what it finds, nothing when that is nothing. */
export const mapOn =
  (
    read: Evaluator,
    evaluate: Evaluator,
    tick: () => void,
    flatten: (value: List, into: List) => void,
  ): Evaluator =>
  (input, frame) => {
    const value = read(input, frame);
    if (value === undefined) return undefined;
    const results: List = [];
    const isList = Array.isArray(value) && (value as Sequence).cons !== true;
    const length = isList ? (value as List).length : 1;
    for (let index = 0; index < length; index += 1) {
      tick();
      const found = evaluate(isList ? (value as List)[index] : value, frame);
      if (found === undefined) continue;
      if (Array.isArray(found) && (found as Sequence).cons !== true) flatten(found, results);
      else results.push(found);
    }
    return results.length === 0 ? undefined : results;
  };

type Keep = (results: List, item: unknown, answer: unknown, index: number, length: number) => void;

/** A predicate; the result is a sequence that is not unwrapped yet. */
export const filterItems =
  (
    test: Evaluator,
    newSequence: () => List,
    sequenceOf: (value: unknown) => List,
    keep: Keep,
    tick: () => void,
  ): Evaluator =>
  (value, frame) => {
    const items = Array.isArray(value) ? value : sequenceOf(value);
    const results = newSequence();
    for (let index = 0; index < items.length; index += 1) {
      tick();
      const item = items[index];
      const answer = test(item, frame);
      if (answer === true) results.push(item);
      else if (answer !== false) keep(results, item, answer, index, items.length);
    }
    return results;
  };
