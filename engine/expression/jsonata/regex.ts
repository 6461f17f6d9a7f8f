// Regular expressions that cannot hang a worker: linear time where the pattern allows it, a time limit where it does not.
import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { fault } from './fault.ts';
import { charge, remainingTime, timeLimit } from './run.ts';

export interface SafeRegex {
  /** Searching takes a guard that costs more than a short search: several matches had better be looked for at once. */
  isGuarded(text: string): boolean;
  /** The matches from `from` on, up to `most`, in as much time as there is. */
  execMany(text: string, from: number, most: number): readonly RegExpExecArray[];
  /** The first match at or behind `from`. Throws D1012 when it takes too long. */
  exec(text: string, from: number): RegExpExecArray | null;
  /** Throws D1012 when it takes too long. */
  test(text: string): boolean;
}

export interface CompiledRegex {
  readonly value?: SafeRegex;
  /** Why there is no value. */
  readonly problem?: string;
}

/** Even linear time is long for a text longer than this. */
const longText = 32_768;

/** Going back to every repetition of a group takes up to 32 bytes a character, and 60 ms a million characters in which nothing can stop it. */
const repeatsGroup = /\)(?:[*+]|\{\d+,?\d*\})/;
/** So with such patterns, texts longer than this are searched by the linear-time engine from the start. */
const longForGroups = 262_144;

let prepared = false;

/** Ordinary backtracking gives up after 50,000 steps, and V8 goes on with its linear-time engine. Counts for patterns compiled later. */
function prepare(): void {
  if (prepared) return;
  setFlagsFromString('--enable-experimental-regexp-engine');
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
  prepared = true;
}

export function compileRegex(source: string, flags: string): CompiledRegex {
  prepare();
  const global = flags.includes('g') ? flags : `${flags}g`;
  const regex = tryRegex(source, global);
  if (regex === undefined) return { problem: `Not a regular expression: ${source}` };
  // Lookaround, backreferences and large counts need backtracking: the linear engine refuses their patterns.
  const linear = tryRegex(source, `${global}l`);
  if (linear === undefined || !repeatsGroup.test(source))
    return { value: toSafe(() => regex, linear !== undefined) };
  return { value: toSafe((text) => (text.length > longForGroups ? linear : regex), true) };
}

function tryRegex(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function toSafe(regexFor: (text: string) => RegExp, canBeLinear: boolean): SafeRegex {
  const isGuarded = (text: string): boolean => !canBeLinear || text.length > longText;
  const exec = (text: string, from: number): RegExpExecArray | null => {
    const regex = regexFor(text);
    if (isGuarded(text)) return guarded(() => execAt(regex, text, from));
    const found = execAt(regex, text, from);
    charge(((found === null ? text.length : regex.lastIndex) - from) >> 4);
    return found;
  };
  return {
    exec,
    test: (text) => exec(text, 0) !== null,
    isGuarded,
    execMany: (text, from, most) => execMany(regexFor(text), text, from, most),
  };
}

function execAt(regex: RegExp, text: string, from: number): RegExpExecArray | null {
  regex.lastIndex = from;
  return regex.exec(text);
}

/** Ends early where the search behind the first match takes all the time: nobody may want its result. */
function execMany(regex: RegExp, text: string, from: number, most: number): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  let at = from;
  try {
    guarded(() => {
      while (found.length < most) {
        const match = execAt(regex, text, at);
        if (match === null) break;
        found.push(match);
        if (match[0] === '') break;
        at = match.index + match[0].length;
      }
    });
  } catch (error) {
    if (found.length === 0) throw error;
  }
  return found;
}

let job: () => unknown = () => undefined;
let guard: { readonly script: Script; readonly context: object } | undefined;

/** Runs `work` until the time of the evaluation is over: a script can be stopped from outside, in the middle of a search too. Costs about 0.14 ms. */
export function guarded<Result>(work: () => Result): Result {
  prepare();
  guard ??= { script: new Script('run()'), context: createContext({ run: () => job() }) };
  charge(GUARD_COST);
  const outer = job;
  job = work;
  try {
    return guard.script.runInContext(guard.context, { timeout: remainingTime() }) as Result;
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw thrown;
    throw fault('D1012', { value: timeLimit() });
  } finally {
    job = outer;
  }
}

/** In the units of `charge`: a look at the clock each time. */
const GUARD_COST = 1024;
