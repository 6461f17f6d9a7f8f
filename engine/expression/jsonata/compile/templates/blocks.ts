// Blocks and assignments as templates for `fresh`. They use their parameters only.
import type { Frame } from '../../frame.ts';
import type { Evaluator } from '../evaluator.ts';

export const sequence =
  (first: Evaluator, rest: Evaluator): Evaluator =>
  (input, frame) => {
    first(input, frame);
    return rest(input, frame);
  };

export const assign =
  (slot: number, value: Evaluator): Evaluator =>
  (input, frame) => {
    const result = value(input, frame);
    frame[slot] = result;
    return result;
  };

export const inFrame =
  (newFrame: (parent: Frame) => Frame, run: Evaluator): Evaluator =>
  (input, frame) =>
    run(input, newFrame(frame));

/** A frame of one name in which nothing is bound yet. */
export const frame1 =
  (unbound: unknown) =>
  (parent: Frame): Frame => [parent, unbound];

export const frame2 =
  (unbound: unknown) =>
  (parent: Frame): Frame => [parent, unbound, unbound];

export const frame3 =
  (unbound: unknown) =>
  (parent: Frame): Frame => [parent, unbound, unbound, unbound];

/** A variable that may be bound in this frame, or further out. */
export const bound =
  (slot: number, unbound: unknown, outer: Evaluator): Evaluator =>
  (input, frame) => {
    const value = frame[slot];
    return value === unbound ? outer(input, frame) : value;
  };

export const boundOutside =
  (
    hops: number,
    slot: number,
    unbound: unknown,
    outer: Evaluator,
    climb: (frame: Frame, hops: number) => Frame,
  ): Evaluator =>
  (input, frame) => {
    const value = climb(frame, hops)[slot];
    return value === unbound ? outer(input, frame) : value;
  };

/** What a sequence is worth. */
export const unwrapped =
  (evaluate: Evaluator, unwrap: (value: unknown) => unknown): Evaluator =>
  (input, frame) => {
    const value = evaluate(input, frame);
    return typeof value === 'object' ? unwrap(value) : value;
  };
