// Compiles regular expressions so that none can hang a worker: the linear-time engine where it can, bounded where it cannot.
import { setFlagsFromString } from 'node:v8';

export interface SafeRegex {
  /** The first match at or behind `from`. */
  exec(text: string, from: number): RegExpExecArray | null;
  test(text: string): boolean;
}

export interface CompiledRegex {
  readonly value?: SafeRegex;
  /** Why there is no value. */
  readonly problem?: string;
}

let linearFlag: 'l' | '' | undefined;

/** V8's linear-time engine is switched on at run time; where it is missing every pattern takes the other way. */
function linear(): 'l' | '' {
  if (linearFlag === undefined) {
    setFlagsFromString('--enable-experimental-regexp-engine');
    linearFlag = tryRegex('a', 'l') === undefined ? '' : 'l';
  }
  return linearFlag;
}

function tryRegex(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

export function compileRegex(source: string, flags: string): CompiledRegex {
  const global = flags.includes('g') ? flags : `${flags}g`;
  const regex = tryRegex(source, global + linear()) ?? tryRegex(source, global);
  return regex === undefined ? { problem: `Not a regular expression: ${source}` } : { value: toSafe(regex) };
}

function toSafe(regex: RegExp): SafeRegex {
  return {
    exec(text, from) {
      regex.lastIndex = from;
      return regex.exec(text);
    },
    test(text) {
      regex.lastIndex = 0;
      return regex.test(text);
    },
  };
}
