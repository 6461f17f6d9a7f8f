// All functions that the language brings along, by name.
import { arrayBuiltins } from './array.ts';
import type { Builtin } from './builtin.ts';
import { evaluationBuiltins } from './evaluation.ts';
import { higherOrderBuiltins } from './higher-order.ts';
import { matchingBuiltins } from './matching.ts';
import { numberBuiltins } from './number.ts';
import { objectBuiltins } from './object.ts';
import { reusedBuiltins } from './reused.ts';
import { stringBuiltins } from './string.ts';

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    ...arrayBuiltins,
    ...stringBuiltins,
    ...numberBuiltins,
    ...objectBuiltins,
    ...higherOrderBuiltins,
    ...matchingBuiltins,
    ...reusedBuiltins,
    ...evaluationBuiltins,
  }),
);
