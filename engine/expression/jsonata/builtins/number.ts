// Functions on numbers.
import type { ExpressionError } from '../../expression-error.ts';
import { fault } from '../fault.ts';
import { chargeText } from '../long-text.ts';
import { charge, reserve } from '../run.ts';
import { Builtin } from './builtin.ts';

/** As the reference has it: only the ends of the whole are anchored. */
const RADIX = /^(0[xX][0-9A-Fa-f]+)|(0[oO][0-7]+)|(0[bB][0-1]+)$/;

const MINUS = 45;
const POINT = 46;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** So many digits are an exact integer, and one division of it by an exact power of ten rounds as the text itself would. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS }, (_, exponent) => 10 ** exponent);

/** `-12.5`, as most numbers are written, read in one pass; NaN for any other text. */
function shortDecimal(text: string): number {
  const { length } = text;
  // Asked first: looking inside a long text that is made of parts puts it together.
  if (length > EXACT_DIGITS) return Number.NaN;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  if (length === start) return Number.NaN;
  let digits = 0;
  let point = 0;
  for (let at = start; at < length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= DIGIT_0 && unit <= DIGIT_9) digits = digits * 10 + (unit - DIGIT_0);
    else if (unit === POINT && point === 0 && at > start && at < length - 1) point = at;
    else return Number.NaN;
  }
  const size = point === 0 ? digits : digits / (POWERS_OF_TEN[length - 1 - point] as number);
  return start === 0 ? size : -size;
}

/** Where the digits from `at` on end. */
function digitsFrom(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end += 1) {
    if ((end & 0xffff) === 0xffff) charge(1024);
    const unit = text.charCodeAt(end);
    if (unit < DIGIT_0 || unit > DIGIT_9) break;
  }
  return end;
}

/** `-12.5e+3`: as a regular expression would have it, without its price. */
function isDecimal(text: string): boolean {
  let start = text.startsWith('-') ? 1 : 0;
  let end = digitsFrom(text, start);
  if (end === start) return false;
  if (text[end] === '.') {
    start = end + 1;
    end = digitsFrom(text, start);
    if (end === start) return false;
  }
  if (text[end] === 'e' || text[end] === 'E') {
    start = text[end + 1] === '-' || text[end + 1] === '+' ? end + 2 : end + 1;
    end = digitsFrom(text, start);
    if (end === start) return false;
  }
  return end === text.length;
}

export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const number = shortDecimal(value);
    return Number.isNaN(number) ? longNumber(value) : number;
  }
  if (typeof value === 'number' || value === undefined) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw notANumber(value);
}

function longNumber(text: string): number {
  chargeText(text);
  if (!isDecimal(text)) {
    if (RADIX.test(text)) return Number(text);
    throw notANumber(text);
  }
  if (text.length > LONG) reserve(text.length * MS_PER_DIGIT);
  const number = Number(text);
  if (!Number.isFinite(number)) throw notANumber(text);
  return number;
}

/** V8 reads a number in one go. */
const LONG = 1_000_000;
const MS_PER_DIGIT = 2e-6;

function notANumber(value: unknown): ExpressionError {
  return fault('D3030', { value, inserts: { index: 1 } });
}

/** Half to even, after `precision` digits behind the point. */
export function round(value: number, precision = 0): number {
  const scaled = shift(value, precision);
  let result = Math.round(scaled);
  if (Math.abs(result - scaled) === 0.5 && Math.abs(result % 2) === 1) result -= 1;
  result = shift(result, -precision);
  return Object.is(result, -0) ? 0 : result;
}

function shift(value: number, by: number): number {
  if (by === 0 || Number.isNaN(by)) return value;
  const [mantissa, exponent] = value.toString().split('e');
  return Number(`${mantissa}e${exponent === undefined ? by : Number(exponent) + by}`);
}

function optional(calculate: (value: number) => unknown): (args: readonly unknown[]) => unknown {
  return ([value]) => (value === undefined ? undefined : calculate(value as number));
}

function sqrt(value: number): number {
  if (value < 0) throw fault('D3060', { value, inserts: { index: 1 } });
  return Math.sqrt(value);
}

function power(base: unknown, exponent: unknown): number | undefined {
  if (base === undefined) return undefined;
  const result = (base as number) ** (exponent as number);
  if (!Number.isFinite(result)) throw fault('D3061', { value: base, inserts: { exp: exponent } });
  return result;
}

function formatBase(value: unknown, radix: unknown): string | undefined {
  if (value === undefined) return undefined;
  const base = radix === undefined ? 10 : round(radix as number);
  if (base < 2 || base > 36) throw fault('D3100', { value: base });
  return round(value as number).toString(base);
}

export const numberBuiltins: Readonly<Record<string, Builtin>> = {
  number: new Builtin('number', '<(nsb)-:n>', 1, ([value]) => numberOf(value)),
  floor: new Builtin('floor', '<n-:n>', 1, optional(Math.floor)),
  ceil: new Builtin('ceil', '<n-:n>', 1, optional(Math.ceil)),
  round: new Builtin('round', '<n-n?:n>', 2, ([value, precision]) =>
    value === undefined ? undefined : round(value as number, precision as number | undefined),
  ),
  abs: new Builtin('abs', '<n-:n>', 1, optional(Math.abs)),
  sqrt: new Builtin('sqrt', '<n-:n>', 1, optional(sqrt)),
  power: new Builtin('power', '<n-n:n>', 2, ([base, exponent]) => power(base, exponent)),
  random: new Builtin('random', '<:n>', 0, () => Math.random()),
  formatBase: new Builtin('formatBase', '<n-n?:s>', 2, ([value, radix]) => formatBase(value, radix)),
};
