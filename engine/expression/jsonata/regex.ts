// Regular expressions that cannot hang a worker: linear time where the pattern allows it, a time limit where it does not.
import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { fault } from './fault.ts';

export interface SafeRegex {
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

/** Of one search, where only a time limit helps. The default limit of a whole evaluation. */
const timeoutMs = 100;
/** Even linear time is long for a text longer than this. */
const longText = 65_536;

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
  const regex = tryRegex(source, flags.includes('g') ? flags : `${flags}g`);
  if (regex === undefined) return { problem: `Not a regular expression: ${source}` };
  // Lookaround, backreferences and large counts need backtracking: the linear engine refuses their patterns.
  const canBeLinear = tryRegex(source, `${flags.replace('g', '')}l`) !== undefined;
  return { value: toSafe(regex, canBeLinear) };
}

function tryRegex(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function toSafe(regex: RegExp, canBeLinear: boolean): SafeRegex {
  const exec = (text: string, from: number): RegExpExecArray | null => {
    regex.lastIndex = from;
    return canBeLinear && text.length <= longText ? regex.exec(text) : execGuarded(regex, text);
  };
  return { exec, test: (text) => exec(text, 0) !== null };
}

let job: () => RegExpExecArray | null = () => null;
let guard: { readonly script: Script; readonly context: object } | undefined;

/** A script can be stopped from outside, in the middle of a search too. Costs about 0.14 ms a call. */
function execGuarded(regex: RegExp, text: string): RegExpExecArray | null {
  guard ??= { script: new Script('run()'), context: createContext({ run: () => job() }) };
  job = () => regex.exec(text);
  try {
    return guard.script.runInContext(guard.context, { timeout: timeoutMs }) as RegExpExecArray | null;
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw thrown;
    throw fault('D1012', {
      value: timeoutMs,
      message: `The regular expression took longer than ${timeoutMs} ms`,
    });
  } finally {
    job = () => null;
  }
}
