// Construction of objects with known keys as templates for `fresh`. They use their parameters only.
import type { Frame } from '../../frame.ts';
import type { Evaluator } from '../evaluator.ts';
import type { FieldUse } from './fields.ts';

type Fields = Record<string, unknown>;
export type Fill = (object: Fields, input: unknown, frame: Frame) => void;

/** A constructor of plain objects whose instances V8 lays out for one set of keys. */
export const shape = (): (new () => Fields) => {
  function Shape(): void {}
  Shape.prototype = Object.prototype;
  return Shape as unknown as new () => Fields;
};

export const object =
  (Shape: new () => Fields, fill: Fill, ofList: Evaluator): Evaluator =>
  (input, frame) => {
    if (Array.isArray(input)) return ofList(input, frame);
    const made = new Shape();
    fill(made, input, frame);
    return made;
  };

/** Counts what the keys take in the answer. */
export const outputObject =
  (
    Shape: new () => Fields,
    fill: Fill,
    ofList: Evaluator,
    spend: (bytes: number) => void,
    bytes: number,
  ): Evaluator =>
  (input, frame) => {
    if (Array.isArray(input)) return ofList(input, frame);
    spend(bytes);
    const made = new Shape();
    fill(made, input, frame);
    return made;
  };

export const put1 =
  (key: string, value: Evaluator): Fill =>
  (object, input, frame) => {
    const found = value(input, frame);
    if (found !== undefined) object[key] = found;
  };

export const put2 =
  (key1: string, value1: Evaluator, key2: string, value2: Evaluator): Fill =>
  (object, input, frame) => {
    const found1 = value1(input, frame);
    if (found1 !== undefined) object[key1] = found1;
    const found2 = value2(input, frame);
    if (found2 !== undefined) object[key2] = found2;
  };

export const put4 =
  (
    key1: string,
    value1: Evaluator,
    key2: string,
    value2: Evaluator,
    key3: string,
    value3: Evaluator,
    key4: string,
    value4: Evaluator,
  ): Fill =>
  (object, input, frame) => {
    const found1 = value1(input, frame);
    if (found1 !== undefined) object[key1] = found1;
    const found2 = value2(input, frame);
    if (found2 !== undefined) object[key2] = found2;
    const found3 = value3(input, frame);
    if (found3 !== undefined) object[key3] = found3;
    const found4 = value4(input, frame);
    if (found4 !== undefined) object[key4] = found4;
  };

/** Fields of the object at hand as they are. */
export const copy1 =
  ({ finish, text }: FieldUse, key: string, from: string): Fill =>
  (object, input) => {
    if (typeof input !== 'object' || input === null) return;
    let value = (input as Fields)[from];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key] = value;
  };

export const copy2 =
  ({ finish, text }: FieldUse, key1: string, from1: string, key2: string, from2: string): Fill =>
  (object, input) => {
    if (typeof input !== 'object' || input === null) return;
    let value = (input as Fields)[from1];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key1] = value;
    value = (input as Fields)[from2];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key2] = value;
  };

export const copy4 =
  (
    { finish, text }: FieldUse,
    key1: string,
    from1: string,
    key2: string,
    from2: string,
    key3: string,
    from3: string,
    key4: string,
    from4: string,
  ): Fill =>
  (object, input) => {
    if (typeof input !== 'object' || input === null) return;
    let value = (input as Fields)[from1];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key1] = value;
    value = (input as Fields)[from2];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key2] = value;
    value = (input as Fields)[from3];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key3] = value;
    value = (input as Fields)[from4];
    if (typeof value === 'string') text(value);
    else if (typeof value === 'object' || typeof value === 'function') value = finish(value);
    if (value !== undefined) object[key4] = value;
  };

/** What several fields read below one field of the object at hand, found once; below a list each for itself. */
export const under =
  (field: string, fill: Fill, ofList: (object: Fields, list: unknown[]) => void): Fill =>
  (object, input, frame) => {
    if (typeof input !== 'object' || input === null) return;
    const found = (input as Fields)[field];
    if (typeof found !== 'object' || found === null) return;
    if (Array.isArray(found)) ofList(object, found);
    else fill(object, found, frame);
  };

/** One after the other. */
export const two =
  (first: Fill, second: Fill): Fill =>
  (object, input, frame) => {
    first(object, input, frame);
    second(object, input, frame);
  };
