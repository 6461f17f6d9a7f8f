// Compiles regular expressions so that none can hang a worker: the linear-time engine where it can, bounded where it cannot.
import { setFlagsFromString } from 'node:v8';

export interface CompiledRegex {
  readonly value?: RegExp;
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
  const fast = tryRegex(source, flags + linear());
  if (fast !== undefined && linear() === 'l') return { value: fast };
  const plain = tryRegex(source, flags);
  return plain === undefined ? { problem: `Not a regular expression: ${source}` } : { value: plain };
}
