// Reading of fields as templates for `fresh`: straight through objects, `slow` from the first list on. They use their parameters only.
import type { FieldStep } from '../../field-path.ts';
import type { Evaluator } from '../evaluator.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What all paths have in common that are used in the same way. */
export interface FieldUse {
  /** The steps from `at` on for a list. */
  slow(list: unknown[], steps: readonly FieldStep[], at: number): unknown;
  /** For values that may need a change. */
  finish(value: unknown): unknown;
  /** Counts a text that becomes part of the answer. */
  text(text: string): void;
}

export const fields1 =
  (key1: string, steps: readonly FieldStep[], { slow, finish, text }: FieldUse): Evaluator =>
  (input) => {
    let value = input;
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 0);
    value = (value as Fields)[key1];
    if (typeof value === 'string') text(value);
    return typeof value === 'object' || typeof value === 'function' ? finish(value) : value;
  };

export const fields2 =
  (key1: string, key2: string, steps: readonly FieldStep[], { slow, finish, text }: FieldUse): Evaluator =>
  (input) => {
    let value = input;
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 0);
    value = (value as Fields)[key1];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 1);
    value = (value as Fields)[key2];
    if (typeof value === 'string') text(value);
    return typeof value === 'object' || typeof value === 'function' ? finish(value) : value;
  };

export const fields3 =
  (
    key1: string,
    key2: string,
    key3: string,
    steps: readonly FieldStep[],
    { slow, finish, text }: FieldUse,
  ): Evaluator =>
  (input) => {
    let value = input;
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 0);
    value = (value as Fields)[key1];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 1);
    value = (value as Fields)[key2];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 2);
    value = (value as Fields)[key3];
    if (typeof value === 'string') text(value);
    return typeof value === 'object' || typeof value === 'function' ? finish(value) : value;
  };

export const fields4 =
  (
    key1: string,
    key2: string,
    key3: string,
    key4: string,
    steps: readonly FieldStep[],
    { slow, finish, text }: FieldUse,
  ): Evaluator =>
  (input) => {
    let value = input;
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 0);
    value = (value as Fields)[key1];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 1);
    value = (value as Fields)[key2];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 2);
    value = (value as Fields)[key3];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 3);
    value = (value as Fields)[key4];
    if (typeof value === 'string') text(value);
    return typeof value === 'object' || typeof value === 'function' ? finish(value) : value;
  };

export const fields5 =
  (
    key1: string,
    key2: string,
    key3: string,
    key4: string,
    key5: string,
    steps: readonly FieldStep[],
    { slow, finish, text }: FieldUse,
  ): Evaluator =>
  (input) => {
    let value = input;
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 0);
    value = (value as Fields)[key1];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 1);
    value = (value as Fields)[key2];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 2);
    value = (value as Fields)[key3];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 3);
    value = (value as Fields)[key4];
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return slow(value, steps, 4);
    value = (value as Fields)[key5];
    if (typeof value === 'string') text(value);
    return typeof value === 'object' || typeof value === 'function' ? finish(value) : value;
  };

/** One field, or one item of it, in front of others. */
export const field =
  (
    key: string,
    index: number | undefined,
    steps: readonly FieldStep[],
    { slow }: FieldUse,
    itemAt: (value: unknown, index: number) => unknown,
    next: Evaluator,
  ): Evaluator =>
  (input, frame) => {
    if (typeof input !== 'object' || input === null) return undefined;
    if (Array.isArray(input)) return slow(input, steps, 0);
    const value = (input as Fields)[key];
    return next(index === undefined ? value : itemAt(value, index), frame);
  };

/** What is left when the last item is picked. */
export const finished =
  ({ finish, text }: FieldUse): Evaluator =>
  (value) => {
    if (typeof value === 'string') text(value);
    return typeof value === 'object' || typeof value === 'function' ? finish(value) : value;
  };

/** Fields of what another expression yields. */
export const fieldsOf =
  (start: Evaluator, fields: Evaluator): Evaluator =>
  (input, frame) =>
    fields(start(input, frame), frame);
