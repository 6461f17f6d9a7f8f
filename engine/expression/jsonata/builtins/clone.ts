// Copies values as if they were written as JSON and read again, in steps that the clock can stop between.
import { fault } from '../fault.ts';
import { listKeys, rememberKeys } from '../key-list.ts';
import { setField } from '../read-field.ts';
import { charge, outputLimit } from '../run.ts';
import type { Sequence } from '../sequence.ts';
import { isFunction } from '../values.ts';
import { plainNumber, stringOf } from './to-string.ts';

/** Undefined stays undefined. Throws `D2016` when the copy becomes too large. */
export function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isFunction(value)) return throughText(value);
  const isWrapped = Array.isArray(value) && (value as Sequence).outerWrapper === true;
  return new Copier(outputLimit()).copy(isWrapped ? value[0] : value);
}

function throughText(value: unknown): unknown {
  const text = stringOf(value);
  return text === undefined ? undefined : JSON.parse(text);
}

class Copier {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  copy(value: unknown): unknown {
    this.#spend(typeof value === 'string' ? value.length : 2);
    switch (typeof value) {
      case 'number':
        return Number.isNaN(value) ? null : plainNumber(value);
      case 'function':
        return '';
      case 'object':
        if (value === null) return value;
        if (Array.isArray(value)) return this.#copyItems(value);
        return isFunction(value) ? '' : this.#copyFields(value);
      default:
        return value;
    }
  }

  #spend(units: number): void {
    charge(1);
    this.#left -= units;
    if (this.#left < 0) throw fault('D2016', { value: outputLimit() });
  }

  #copyItems(items: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    for (let index = 0; index < items.length; index += 1) copy.push(this.copy(items[index]) ?? null);
    return copy;
  }

  #copyFields(object: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(object);
    // What is no plain data may say itself how it is written.
    if (prototype !== Object.prototype && prototype !== null) return throughText(object);
    const copy: Record<string, unknown> = {};
    const keys = listKeys(object);
    for (const key of keys) {
      this.#spend(key.length);
      const inner = this.copy((object as Record<string, unknown>)[key]);
      if (inner !== undefined) setField(copy, key, inner);
    }
    rememberKeys(copy, keys.length);
    return copy;
  }
}
