// Operators as templates for `fresh`: the ordinary operands here, everything else, such as long texts, in `slow`. They use their parameters only.
import type { Evaluator } from '../evaluator.ts';

type Slow = (left: unknown, right: unknown) => unknown;
type Binary = (left: Evaluator, right: Evaluator, slow: Slow) => Evaluator;
type Check = (length: number) => void;
type Truth = (value: unknown) => boolean;

/** A finite result means finite operands. */
export const add: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a + b;
    if (result - result === 0) return result;
  }
  return slow(a, b);
};

export const subtract: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a - b;
    if (result - result === 0) return result;
  }
  return slow(a, b);
};

export const multiply: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a * b;
    if (result - result === 0) return result;
  }
  return slow(a, b);
};

/** What is divided by infinity is finite. */
export const divide: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number' && b - b === 0) {
    const result = a / b;
    if (result - result === 0) return result;
  }
  return slow(a, b);
};

export const less: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  return slow(a, b);
};

export const lessOrEqual: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') return a <= b;
  return slow(a, b);
};

export const greater: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  return slow(a, b);
};

export const greaterOrEqual: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' && typeof b === 'number') return a >= b;
  return slow(a, b);
};

export const equal: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' || (typeof a === 'string' && a.length < 4096)) return a === b;
  return slow(a, b);
};

export const unequal: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'number' || (typeof a === 'string' && a.length < 4096)) return b !== undefined && a !== b;
  return slow(a, b);
};

export const isIn: Binary = (left, right, slow) => (input, frame) => {
  const a = left(input, frame);
  const b = right(input, frame);
  if (typeof a === 'string' && a.length < 4096 && Array.isArray(b) && b.length < 32) {
    for (let index = 0; index < b.length; index += 1) if (b[index] === a) return true;
    return false;
  }
  return slow(a, b);
};

export const concatenate =
  (left: Evaluator, right: Evaluator, slow: Slow, check: Check): Evaluator =>
  (input, frame) => {
    const a = left(input, frame);
    const b = right(input, frame);
    if (typeof a === 'string' && typeof b === 'string') {
      const text = a + b;
      check(text.length);
      return text;
    }
    return slow(a, b);
  };

/** Every other operator. */
export const other: Binary = (left, right, slow) => (input, frame) =>
  slow(left(input, frame), right(input, frame));

export const both =
  (left: Evaluator, right: Evaluator, isTrue: Truth): Evaluator =>
  (input, frame) => {
    const a = left(input, frame);
    if (a === false || !(a === true || isTrue(a))) return false;
    const b = right(input, frame);
    return b === true || (b !== false && isTrue(b));
  };

export const either =
  (left: Evaluator, right: Evaluator, isTrue: Truth): Evaluator =>
  (input, frame) => {
    const a = left(input, frame);
    if (a === true || (a !== false && isTrue(a))) return true;
    const b = right(input, frame);
    return b === true || (b !== false && isTrue(b));
  };

export const choose =
  (condition: Evaluator, whenTrue: Evaluator, whenFalse: Evaluator, isTrue: Truth): Evaluator =>
  (input, frame) => {
    const answer = condition(input, frame);
    return answer === true || (answer !== false && isTrue(answer))
      ? whenTrue(input, frame)
      : whenFalse(input, frame);
  };
