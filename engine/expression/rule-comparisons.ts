// The comparisons that rules know, each compiled for the value it compares with.
import { isDeepStrictEqual } from 'node:util';

export type Comparison = (value: unknown) => boolean;

type Ordered = (order: number) => boolean;

/** `matches` is missing here: it needs the regular-expression guard. */
export const comparisons: Readonly<Record<string, (wanted: unknown) => Comparison>> = {
  eq: (wanted) => equals(wanted),
  ne: (wanted) => {
    const equal = equals(wanted);
    return (value) => !equal(value);
  },
  gt: (wanted) => compares(wanted, (order) => order > 0),
  gte: (wanted) => compares(wanted, (order) => order >= 0),
  lt: (wanted) => compares(wanted, (order) => order < 0),
  lte: (wanted) => compares(wanted, (order) => order <= 0),
  in: (wanted) => {
    const equal = (Array.isArray(wanted) ? wanted : [wanted]).map(equals);
    return (value) => equal.some((test) => test(value));
  },
  exists: (wanted) => (value) => (value !== undefined) === (wanted !== false),
  contains: (wanted) => {
    const equal = equals(wanted);
    return (value) => {
      if (Array.isArray(value)) return value.some(equal);
      return typeof value === 'string' && typeof wanted === 'string' && value.includes(wanted);
    };
  },
};

function equals(wanted: unknown): Comparison {
  if (wanted === null || typeof wanted !== 'object') return (value) => value === wanted;
  return (value) => typeof value === 'object' && isDeepStrictEqual(value, wanted);
}

/** Numbers with numbers and strings with strings; anything else does not compare, so the test fails. */
function compares(wanted: unknown, holds: Ordered): Comparison {
  if (typeof wanted === 'number') return (value) => typeof value === 'number' && holds(value - wanted);
  if (typeof wanted !== 'string') return () => false;
  return (value) => typeof value === 'string' && holds(value < wanted ? -1 : value > wanted ? 1 : 0);
}
