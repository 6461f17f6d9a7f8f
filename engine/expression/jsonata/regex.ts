// Regular expressions that cannot hang a worker: linear time where the pattern allows it, a time limit where it does not.
import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { fault } from './fault.ts';
import { RegexReach } from './regex-reach.ts';
import { type Engines, execAt, RegexSearch } from './regex-search.ts';
import { charge, remainingTime, timeLimit } from './run.ts';

export interface SafeRegex {
  /** Searching takes a guard that costs more than a short search: several matches had better be looked for at once. */
  isGuarded(text: string): boolean;
  /** The first match at or behind `from`. Throws D1012 when it takes too long. */
  exec(text: string, from: number): RegExpExecArray | null;
  /** Throws D1012 when it takes too long. */
  test(text: string): boolean;
  /** For several searches of one text. */
  open(text: string): OpenSearch;
}

export interface OpenSearch {
  /** The matches from `from` on, up to `most`, in as much time as there is. */
  execMany(from: number, most: number): readonly RegExpExecArray[];
}

export interface CompiledRegex {
  readonly value?: SafeRegex;
  /** Why there is no value. */
  readonly problem?: string;
}

/** Even linear time is long for a text longer than this. */
const LONG = 32_768;
/** Shorter ones are searched in one go by every pattern. */
const SHORT = 8192;

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
  return { value: new Guarded({ backtracking: regex, linear }, source, flags.replace('g', '')) };
}

/** For patterns of the engine's own, which hold nothing that needs backtracking: in linear time, whatever the text. */
export function linearRegex(source: string): RegExp {
  prepare();
  return new RegExp(source, 'l');
}

function tryRegex(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

class Guarded implements SafeRegex {
  readonly #engines: Engines;
  readonly #source: string;
  readonly #flags: string;
  #reach: RegexReach | undefined;

  constructor(engines: Engines, source: string, flags: string) {
    this.#engines = engines;
    this.#source = source;
    this.#flags = flags;
  }

  isGuarded({ length }: string): boolean {
    if (this.#engines.linear === undefined || length > LONG) return true;
    return length > SHORT && length > this.#reachOf().shortText;
  }

  exec(text: string, from: number): RegExpExecArray | null {
    if (this.isGuarded(text)) return guarded(() => this.#search(text).exec(from));
    const { backtracking } = this.#engines;
    const found = execAt(backtracking, text, from);
    charge(((found === null ? text.length : backtracking.lastIndex) - from) >> 4);
    return found;
  }

  test(text: string): boolean {
    return this.exec(text, 0) !== null;
  }

  open(text: string): OpenSearch {
    const search = this.#search(text);
    return { execMany: (from, most) => execMany(search, from, most) };
  }

  #search(text: string): RegexSearch {
    return new RegexSearch(this.#engines, this.#reachOf(), text);
  }

  /** Read when it is needed first: most texts are short. */
  #reachOf(): RegexReach {
    this.#reach ??= new RegexReach(this.#source, this.#flags);
    return this.#reach;
  }
}

/** Ends early where the search behind the first match takes all the time: nobody may want its result. */
function execMany(search: RegexSearch, from: number, most: number): readonly RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  let at = from;
  try {
    guarded(() => {
      while (found.length < most) {
        const match = search.exec(at);
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
