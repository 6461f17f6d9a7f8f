// Functions whose picture strings the package itself works on: its own synchronous implementations, called as they are.
import jsonata from 'jsonata';
import { fault } from '../fault.ts';
import { guarded } from '../regex.ts';
import { charge, reserve, timestampOfRun } from '../run.ts';
import { Builtin } from './builtin.ts';
import { formatDate } from './format-date.ts';

type Implementation = (this: unknown, ...args: readonly unknown[]) => unknown;

/** The package hands its implementation out as part of the function's value. */
async function load(name: string, signature: string, arity: number): Promise<Builtin> {
  const found = (await jsonata(`$${name}`).evaluate(undefined)) as {
    readonly implementation: Implementation;
  };
  const { implementation } = found;
  return new Builtin(name, signature, arity, (args) => {
    try {
      charge(COST);
      const call = (): unknown => implementation.apply(focus(), args as unknown[]);
      if (!args.some(isLong)) return call();
      for (const arg of args)
        if (typeof arg === 'string' && arg.length > HUGE) reserve(arg.length * MS_PER_CHARACTER);
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
    return text ?? theirs(args, frame, context);
  });
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
  formatNumber: await load('formatNumber', '<n-so?:s>', 3),
  formatInteger: await load('formatInteger', '<n-s:s>', 2),
  parseInteger: await load('parseInteger', '<s-s:n>', 2),
  toMillis: await load('toMillis', '<s-s?:n>', 2),
  fromMillis: withOwnDates(await load('fromMillis', '<n-s?s?:s>', 3)),
};
