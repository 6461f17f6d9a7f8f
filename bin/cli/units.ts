// Durations, counts and numbers given on the command line.
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../engine/units/duration.ts';

/** For commander's `argParser`: milliseconds, or a usage error that shows what to write. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('write a number with a unit: 500ms, 30s, 5m, 2h');
  return ms;
}

/** For commander's `argParser`: a whole number from 1 to 256. */
export function countArgument(text: string): number {
  return wholeNumber(text, 256);
}

/** For commander's `argParser`: a number as listings show it. */
export function numberArgument(text: string): number {
  return wholeNumber(text, Number.MAX_SAFE_INTEGER);
}

function wholeNumber(text: string, max: number): number {
  const count = Number(text);
  if (text.trim() === '' || !Number.isInteger(count) || count < 1 || count > max)
    throw new InvalidArgumentError(`write a whole number ${max === 256 ? 'from 1 to 256' : 'from 1 on'}`);
  return count;
}
