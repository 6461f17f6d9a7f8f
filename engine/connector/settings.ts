// Durations, sizes and numbers of a configuration, as they stand after `${env:…}` holes were filled.
import { parseDuration } from '../units/duration.ts';
import { parseSize } from '../units/size.ts';
import { PermanentError } from './errors.ts';

/** `30s` → 30000 (milliseconds). Throws PermanentError naming the field. */
export function durationSetting(field: string, text: string): number {
  return known(parseDuration(text), field, text, 'a duration such as 30s');
}

/** `1MiB` → 1048576 (bytes). Throws PermanentError naming the field. */
export function sizeSetting(field: string, text: string): number {
  return known(parseSize(text), field, text, 'a size such as 1MiB');
}

/** A whole number that may come out of the environment as text. Throws PermanentError naming the field. */
export function integerSetting(field: string, value: number | string, min: number, max: number): number {
  const number = typeof value === 'number' ? value : /^\d+$/.test(value) ? Number(value) : Number.NaN;
  const fits = Number.isInteger(number) && number >= min && number <= max;
  return known(fits ? number : undefined, field, String(value), `a whole number from ${min} to ${max}`);
}

function known(value: number | undefined, field: string, text: string, expected: string): number {
  if (value === undefined) throw new PermanentError(`${field}: "${text}" is not ${expected}`);
  return value;
}
