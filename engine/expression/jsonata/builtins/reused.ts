// Functions whose picture strings the package itself works on: its own synchronous implementations, called as they are.
import jsonata from 'jsonata';
import { fault } from '../fault.ts';
import { guarded } from '../regex.ts';
import { charge, reserve, timestampOfRun } from '../run.ts';
import { Builtin } from './builtin.ts';
import { isQuicklyRead } from './date-picture.ts';
import { formatDate } from './format-date.ts';

type Implementation = (this: unknown, ...args: readonly unknown[]) => unknown;

/** The package hands its implementation out as part of the function's value. For a picture it takes so much time at least, some of it in steps that nothing stops. */
async function load(
  name: string,
  signature: string,
  arity: number,
  msPerUnitOfPicture = MS_PER_CHARACTER,
  isQuick: (args: readonly unknown[]) => boolean = () => true,
): Promise<Builtin> {
  const found = (await jsonata(`$${name}`).evaluate(undefined)) as {
    readonly implementation: Implementation;
  };
  const { implementation } = found;
  return new Builtin(name, signature, arity, (args) => {
    try {
      charge(COST);
      const call = (): unknown => implementation.apply(focus(), args as unknown[]);
      if (!args.some(isLong) && isQuick(args)) return call();
      for (const [index, arg] of args.entries())
        if (typeof arg === 'string' && arg.length > HUGE)
          reserve(arg.length * (index === 1 ? msPerUnitOfPicture : MS_PER_CHARACTER));
      return guarded(call);
    } catch (thrown) {
      throw named(thrown);
    }
  });
}

/** Ordinary pictures are not worth a detour. */
function withOwnDates(fromMillis: Builtin): Builtin {
  const theirs = fromMillis.implementation();
  return new Builtin('fromMillis', '<n-s?s?:s>', 3, (args, frame, context) => {
    const [millis, picture, timezone] = args as [unknown, string | undefined, unknown];
    const text =
      typeof millis === 'number' && timezone === undefined ? formatDate(millis, picture) : undefined;
    if (text !== undefined) return text;
    if (picture !== undefined) reserveWidths(picture);
    return theirs(args, frame, context);
  });
}

/** The package copies every option that it is given; these it reads. */
const NUMBER_OPTIONS = [
  'decimal-separator',
  'grouping-separator',
  'exponent-separator',
  'infinity',
  'minus-sign',
  'NaN',
  'percent',
  'per-mille',
  'zero-digit',
  'digit',
  'pattern-separator',
] as const;

function withKnownOptions(formatNumber: Builtin): Builtin {
  const theirs = formatNumber.implementation();
  return new Builtin('formatNumber', '<n-so?:s>', 3, ([value, picture, given], frame, context) => {
    if (typeof given !== 'object' || given === null) return theirs([value, picture, given], frame, context);
    const names = NUMBER_OPTIONS.filter((name) => Object.hasOwn(given, name));
    const options = Object.fromEntries(names.map((name) => [name, (given as Fields)[name]]));
    return theirs([value, picture, options], frame, context);
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** `[Y,9999999-*]`: that many digits are written in one go. */
function reserveWidths(picture: string): void {
  if (picture.length > LONGEST) return;
  for (const [, width] of picture.matchAll(/,\s*(\d{4,})/g)) reserve(Number(width) * MS_PER_CHARACTER);
}

/** A picture is analysed anew for each call: some 5 to 50 µs. */
const COST = 128;

/** What the package does with a longer picture or text may take more time than there is. */
const LONGEST = 256;
/** V8 compiles a regular expression in one go. */
const HUGE = 1_000_000;
const MS_PER_CHARACTER = 1e-5;

function isLong(value: unknown): boolean {
  if (typeof value === 'string') return value.length > LONGEST;
  return typeof value === 'object' && value !== null && Object.values(value).some(isLong);
}

/** Parts that a text leaves out are those of today. */
function focus(): unknown {
  return {
    environment: {
      get timestamp(): Date {
        return new Date(timestampOfRun());
      },
    },
  };
}

function named(thrown: unknown): unknown {
  if (thrown instanceof Error) return thrown;
  const { code, value, message } = thrown as Record<string, unknown>;
  if (typeof code !== 'string') return thrown;
  return fault(code, { value, ...(typeof message === 'string' ? { message } : {}) });
}

export const reusedBuiltins: Readonly<Record<string, Builtin>> = {
  formatNumber: withKnownOptions(await load('formatNumber', '<n-so?:s>', 3, 5e-5)),
  formatInteger: await load('formatInteger', '<n-s:s>', 2, 5e-5),
  parseInteger: await load('parseInteger', '<s-s:n>', 2, 5e-5),
  toMillis: await load('toMillis', '<s-s?:n>', 2, MS_PER_CHARACTER, isQuicklyRead),
  fromMillis: withOwnDates(await load('fromMillis', '<n-s?s?:s>', 3)),
};
