// What every part of an expression compiles to.
import type { Frame } from '../frame.ts';

export type Evaluator = (input: unknown, frame: Frame) => unknown;

/** Thrown while compiling: this expression stays with the package's evaluator. */
export class NotCompiled extends Error {}
