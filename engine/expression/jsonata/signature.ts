// Signatures of functions such as `<s-nn?:s>`: checks arguments, fills in the context and wraps single values as arrays.
import { fault } from './fault.ts';
import { linearRegex } from './regex.ts';
import { charge, reserve, tick } from './run.ts';
import { isFunction } from './values.ts';

interface Parameter {
  readonly type: string;
  /** Symbols that one argument may have, as the inside of a character class. */
  readonly symbols: string;
  readonly suffix: string;
  /** What the context must be to stand in for a missing argument; undefined when it never does. */
  readonly context: RegExp | undefined;
  readonly subtype: string | undefined;
}

export interface Signature {
  /** The arguments to call with; throws `T0410`, `T0411`, `T0412`. */
  validate(args: unknown[], context: unknown): unknown[];
  /** One test per argument that stands for all that `validate` does but making a list of one number or text; undefined when nothing so simple does. */
  direct(count: number): readonly Fits[] | undefined;
}

type Fits = (value: unknown) => boolean;

const SYMBOLS: Readonly<Record<string, string>> = { a: 'asnblfom', f: 'f', j: 'asnblom', x: 'asnblfom' };

const PLURALS: Readonly<Record<string, string>> = {
  a: 'arrays',
  b: 'booleans',
  f: 'functions',
  n: 'numbers',
  o: 'objects',
  s: 'strings',
};

/** Other characters make of a choice such as `(^n)` whatever they mean inside a character class. */
const LETTERS = /^[a-z]*$/;

/** `definition` has passed the package's parser, which takes many that are not well formed. */
export function parseSignature(definition: string): Signature {
  const parameters = parseParameters(definition);
  const pattern = patternOf(parameters, (group) => `(${group})`, '$');
  const isPlain = parameters.every(({ symbols, suffix }) => !suffix.includes('+') && LETTERS.test(symbols));
  return {
    direct: remembered((count) => directTests(parameters, count)),
    validate(args, context) {
      if (isPlain && args.length === parameters.length && fits(parameters, args)) {
        return adaptAll(parameters, args);
      }
      chargeMatch(parameters.length, args.length);
      const supplied = args.map(symbolOf).join('');
      const match = pattern.exec(supplied);
      if (match === null) throw misfit(parameters, args, supplied);
      return assign(parameters, match, args, context);
    },
  };
}

/** With more parameters that may be left out than this, backtracking could try more ways than there is time for. */
const FEW = 6;

function patternOf(parameters: readonly Parameter[], group: (regex: string) => string, end: string): RegExp {
  const source = `^${parameters.map((parameter) => group(regexOf(parameter))).join('')}${end}`;
  const isLinear = parameters.filter(({ suffix }) => suffix !== '').length > FEW;
  return isLinear ? linearRegex(source) : new RegExp(source);
}

/** In linear time each argument meets each parameter, and what the parameters have matched so far is copied. */
function chargeMatch(parameters: number, args: number): void {
  const steps = parameters * parameters * (args + 1);
  charge(Math.min(steps, MANY_STEPS) >> 4);
  if (steps > MANY_STEPS) reserve(steps * MS_PER_STEP);
}

const MANY_STEPS = 10_000;
const MS_PER_STEP = 4e-6;

function remembered<Value>(make: (count: number) => Value): (count: number) => Value {
  const made = new Map<number, Value>();
  return (count) => {
    if (!made.has(count)) made.set(count, make(count));
    return made.get(count) as Value;
  };
}

/** Arguments that are left out must be optional, and not taken from the context. */
function directTests(parameters: readonly Parameter[], count: number): readonly Fits[] | undefined {
  if (count > parameters.length || parameters.some(({ suffix }) => suffix.includes('+'))) return undefined;
  if (parameters.slice(count).some(({ suffix, context }) => context !== undefined || suffix !== '?'))
    return undefined;
  const isWhole = count === parameters.length;
  const tests = parameters.slice(0, count).map((parameter) => fitsOf(parameter));
  if (tests.some((test) => test === undefined)) return undefined;
  return (tests as readonly Fits[]).map((test) =>
    isWhole ? (value) => value === undefined || test(value) : test,
  );
}

/** Looks at every item of a long list in one go: refuses when the time is not enough for it and for what follows. */
function isAffordable(items: readonly unknown[]): boolean {
  if (items.length > LONG) reserve(items.length * MS_PER_ITEM);
  return true;
}

const LONG = 100_000;
const MS_PER_ITEM = 1e-5;

function fitsOf({ type, subtype }: Parameter): Fits | undefined {
  switch (type) {
    case 's':
    case '(sf)':
      return (value) => typeof value === 'string';
    case 'n':
      return (value) => typeof value === 'number';
    case 'b':
      return (value) => typeof value === 'boolean';
    case '(nsb)':
      return (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    case 'x':
    case 'j':
      return (value) => !isFunction(value);
    case 'a':
      if (subtype === undefined) return (value) => Array.isArray(value);
      if (subtype === 'n')
        return (value) =>
          typeof value === 'number' ||
          (Array.isArray(value) && isAffordable(value) && value.every((item) => typeof item === 'number'));
      if (subtype === 's')
        return (value) =>
          typeof value === 'string' ||
          (Array.isArray(value) && isAffordable(value) && value.every((item) => typeof item === 'string'));
      return undefined;
    default:
      return undefined;
  }
}

function parseParameters(definition: string): readonly Parameter[] {
  const parameters: { -readonly [Key in keyof Parameter]: Parameter[Key] }[] = [];
  for (let at = 1; at < definition.length && definition[at] !== ':'; at += 1) {
    const symbol = definition[at] as string;
    const last = parameters.at(-1);
    if (symbol === '(') {
      const end = closing(definition, at, '(', ')');
      const choice = definition.slice(at + 1, end);
      parameters.push(newParameter(`(${choice})`, `${choice}m`));
      at = end;
    } else if (symbol === '<') {
      const end = closing(definition, at, '<', '>');
      if (last !== undefined) last.subtype = definition.slice(at + 1, end);
      at = end;
    } else if (symbol === '-') {
      if (last === undefined) continue;
      last.context = new RegExp(regexOf(last));
      last.suffix += '?';
    } else if (symbol === '?' || symbol === '+') {
      if (last !== undefined) last.suffix += symbol;
    } else if ('snbloafjx'.includes(symbol)) {
      parameters.push(newParameter(symbol, SYMBOLS[symbol] ?? `${symbol}m`));
    }
  }
  return parameters;
}

function newParameter(type: string, symbols: string): Parameter {
  return { type, symbols, suffix: '', context: undefined, subtype: undefined };
}

function closing(text: string, start: number, open: string, close: string): number {
  let depth = 1;
  let at = start;
  while (at < text.length && depth > 0) {
    at += 1;
    if (text[at] === close) depth -= 1;
    else if (text[at] === open) depth += 1;
  }
  return at;
}

function regexOf({ symbols, suffix }: Parameter): string {
  return `[${symbols}]${suffix}`;
}

export function symbolOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      return 'n';
    case 'boolean':
      return 'b';
    case 'object':
      if (value === null) return 'l';
      if (Array.isArray(value)) return 'a';
      return isFunction(value) ? 'f' : 'o';
    default:
      return 'm';
  }
}

function fits(parameters: readonly Parameter[], args: readonly unknown[]): boolean {
  for (let index = 0; index < parameters.length; index += 1) {
    if (!(parameters[index] as Parameter).symbols.includes(symbolOf(args[index]))) return false;
  }
  return true;
}

/** One argument per parameter: only arrays need a look inside. */
function adaptAll(parameters: readonly Parameter[], args: unknown[]): unknown[] {
  let adapted = args;
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] as Parameter;
    if (parameter.type !== 'a') continue;
    const arg = args[index];
    const array = adaptArray(parameter, arg, symbolOf(arg), symbolOf(arg), index);
    if (array === arg) continue;
    if (adapted === args) adapted = args.slice();
    adapted[index] = array;
  }
  return adapted;
}

function adaptArray(
  { subtype }: Parameter,
  arg: unknown,
  symbol: string,
  matched: string,
  index: number,
): unknown {
  if (symbol === 'm') return undefined;
  if (subtype !== undefined && !holds(subtype, arg, symbol, matched)) {
    throw fault('T0412', { value: arg, inserts: { index: index + 1, type: PLURALS[subtype] } });
  }
  return symbol === 'a' ? arg : [arg];
}

function holds(subtype: string, arg: unknown, symbol: string, matched: string): boolean {
  if (symbol !== 'a') return matched === subtype;
  const items = arg as readonly unknown[];
  const [first] = items;
  if (items.length === 0) return true;
  const wanted = symbolOf(first);
  return (
    wanted === subtype[0] &&
    items.every((item) => {
      tick();
      return symbolOf(item) === wanted;
    })
  );
}

function assign(
  parameters: readonly Parameter[],
  match: readonly string[],
  args: readonly unknown[],
  context: unknown,
): unknown[] {
  const assigned: unknown[] = [];
  let at = 0;
  parameters.forEach((parameter, index) => {
    const matched = match[index + 1] as string;
    if (matched === '' && parameter.context !== undefined) {
      assigned.push(checkContext(parameter.context, context, at));
    } else if (matched === '') {
      assigned.push(args[at]);
      at += 1;
    } else {
      for (const symbol of matched) {
        const arg = args[at];
        assigned.push(parameter.type === 'a' ? adaptArray(parameter, arg, symbol, matched, at) : arg);
        at += 1;
      }
    }
  });
  return assigned;
}

function checkContext(pattern: RegExp, context: unknown, at: number): unknown {
  if (!pattern.test(symbolOf(context))) throw fault('T0411', { value: context, inserts: { index: at + 1 } });
  return context;
}

/** The first argument that no longer matches: that behind the longest beginning of the signature that matches one of the arguments. */
function misfit(parameters: readonly Parameter[], args: readonly unknown[], supplied: string): Error {
  const matchOf = (count: number): RegExpExecArray | null => {
    chargeMatch(count, args.length);
    return patternOf(parameters.slice(0, count), (group) => group, '').exec(supplied);
  };
  let fitting = 0;
  let failing = parameters.length + 1;
  while (failing - fitting > 1) {
    const middle = (fitting + failing) >> 1;
    if (matchOf(middle) === null) failing = middle;
    else fitting = middle;
  }
  const goodTo = matchOf(fitting)?.[0].length ?? 0;
  return fault('T0410', { value: args[goodTo], inserts: { index: goodTo + 1 } });
}
