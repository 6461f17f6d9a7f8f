// Calls of built-in functions as templates for `fresh`. They use their parameters only.
import type { Frame } from '../../frame.ts';
import type { Evaluator } from '../evaluator.ts';

type Fits = (value: unknown) => boolean;
type Implementation = (args: readonly unknown[], frame: Frame, context: unknown) => unknown;
/** The call in full, with its checks, where an argument is unusual or the name means something else. */
type Slow = (args: unknown[], input: unknown, frame: Frame) => unknown;

export const call0 =
  (run: Implementation, isReplaced: () => boolean, slow: Slow): Evaluator =>
  (input, frame) =>
    isReplaced() ? slow([], input, frame) : run([], frame, input);

export const call1 =
  (run: Implementation, isReplaced: () => boolean, slow: Slow, value: Evaluator, fits: Fits): Evaluator =>
  (input, frame) => {
    const a = value(input, frame);
    if (fits(a) && !isReplaced()) return run([a], frame, input);
    return slow([a], input, frame);
  };

export const call2 =
  (
    run: Implementation,
    isReplaced: () => boolean,
    slow: Slow,
    value1: Evaluator,
    fits1: Fits,
    value2: Evaluator,
    fits2: Fits,
  ): Evaluator =>
  (input, frame) => {
    const a = value1(input, frame);
    const b = value2(input, frame);
    if (fits1(a) && fits2(b) && !isReplaced()) return run([a, b], frame, input);
    return slow([a, b], input, frame);
  };

export const call3 =
  (
    run: Implementation,
    isReplaced: () => boolean,
    slow: Slow,
    value1: Evaluator,
    fits1: Fits,
    value2: Evaluator,
    fits2: Fits,
    value3: Evaluator,
    fits3: Fits,
  ): Evaluator =>
  (input, frame) => {
    const a = value1(input, frame);
    const b = value2(input, frame);
    const c = value3(input, frame);
    if (fits1(a) && fits2(b) && fits3(c) && !isReplaced()) return run([a, b, c], frame, input);
    return slow([a, b, c], input, frame);
  };

/** A search with a regular expression that is written as it stands. */
export const contains =
  (
    test: (text: string) => boolean,
    isReplaced: () => boolean,
    slow: (text: unknown, input: unknown, frame: Frame) => unknown,
    value: Evaluator,
  ): Evaluator =>
  (input, frame) => {
    const text = value(input, frame);
    return typeof text === 'string' && !isReplaced() ? test(text) : slow(text, input, frame);
  };

/** The sum of what a path finds, without a list of it. Anything but numbers is left to `slow`. */
export const sum =
  (
    isReplaced: () => boolean,
    slow: Evaluator,
    read: Evaluator,
    evaluate: Evaluator,
    tick: () => void,
  ): Evaluator =>
  (input, frame) => {
    if (isReplaced()) return slow(input, frame);
    const items = read(input, frame);
    if (items === undefined) return undefined;
    if (!Array.isArray(items)) {
      const only = evaluate(items, frame);
      return typeof only === 'number' ? only : slow(input, frame);
    }
    let total = 0;
    let count = 0;
    for (let index = 0; index < items.length; index += 1) {
      tick();
      const found = evaluate(items[index], frame);
      if (typeof found === 'number') {
        total += found;
        count += 1;
      } else if (found !== undefined) return slow(input, frame);
    }
    return count === 0 ? undefined : total;
  };

/** A written function called with an item and its place. */
export type Inline = (item: unknown, index: number, input: unknown, frame: Frame) => unknown;

export const inline1 =
  (body: Evaluator, enter: () => void, settle: (result: unknown, frame: Frame) => unknown): Inline =>
  (item, _index, input, frame) => {
    enter();
    const result = body(input, [frame, item]);
    return typeof result === 'object' ? settle(result, frame) : result;
  };

export const inline2 =
  (body: Evaluator, enter: () => void, settle: (result: unknown, frame: Frame) => unknown): Inline =>
  (item, index, input, frame) => {
    enter();
    const result = body(input, [frame, item, index]);
    return typeof result === 'object' ? settle(result, frame) : result;
  };

/** How many evaluations a call stands inside, before and after it. */
type Nesting = (evaluations: number) => void;

export const map =
  (
    isReplaced: () => boolean,
    slow: Evaluator,
    value: Evaluator,
    call: Inline,
    newSequence: () => unknown[],
    tick: () => void,
    descend: Nesting,
    rise: Nesting,
    nesting: number,
  ): Evaluator =>
  (input, frame) => {
    if (isReplaced()) return slow(input, frame);
    const items = value(input, frame);
    if (items === undefined) return undefined;
    const isList = Array.isArray(items);
    const length = isList ? items.length : 1;
    const results = newSequence();
    descend(nesting);
    for (let index = 0; index < length; index += 1) {
      tick();
      const result = call(isList ? items[index] : items, index, input, frame);
      if (result !== undefined) results.push(result);
    }
    rise(nesting);
    return results;
  };

export const filter =
  (
    isReplaced: () => boolean,
    slow: Evaluator,
    value: Evaluator,
    call: Inline,
    newSequence: () => unknown[],
    tick: () => void,
    descend: Nesting,
    rise: Nesting,
    nesting: number,
    isTrue: Fits,
  ): Evaluator =>
  (input, frame) => {
    if (isReplaced()) return slow(input, frame);
    const items = value(input, frame);
    if (items === undefined) return undefined;
    const isList = Array.isArray(items);
    const length = isList ? items.length : 1;
    const results = newSequence();
    descend(nesting);
    for (let index = 0; index < length; index += 1) {
      tick();
      const item = isList ? items[index] : items;
      const answer = call(item, index, input, frame);
      if (answer === true || (answer !== false && isTrue(answer))) results.push(item);
    }
    rise(nesting);
    return results;
  };

/** Without a first value: a list begins with its first item. */
export const reduce =
  (
    isReplaced: () => boolean,
    slow: Evaluator,
    value: Evaluator,
    call: Inline,
    tick: () => void,
    descend: Nesting,
    rise: Nesting,
    nesting: number,
  ): Evaluator =>
  (input, frame) => {
    if (isReplaced()) return slow(input, frame);
    const items = value(input, frame);
    if (!Array.isArray(items)) return items;
    descend(nesting);
    let result: unknown = items[0];
    for (let index = 1; index < items.length; index += 1) {
      tick();
      result = call(result, items[index] as number, input, frame);
    }
    rise(nesting);
    return result;
  };
