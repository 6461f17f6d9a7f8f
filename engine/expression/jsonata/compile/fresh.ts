// Gives parts of an expression functions of their own, so that V8 optimises each for what it sees and not for all expressions together.
import { Script } from 'node:vm';

type Template = (...inserts: never[]) => unknown;

/** Each costs some 3 µs to make; what is longer shares its functions with others. */
const MOST = 256;

const scripts = new Map<Template, Script>();
let left = 0;

/** Parts compiled inside get functions of their own, as far as there are any left. */
export function withOwnFunctions<Result>(compile: () => Result): Result {
  const outer = left;
  left = MOST;
  try {
    return compile();
  } finally {
    left = outer;
  }
}

/**
 * The same function once more, with a memory of its own of what it has seen. Its text is this source's, never made from an
 * expression; it may use its parameters only, nothing of its module.
 */
export function fresh<Function extends Template>(template: Function): Function {
  if (left <= 0) return template;
  left -= 1;
  let script = scripts.get(template);
  if (script === undefined) {
    script = new Script(`(${template.toString()})`, { filename: 'expression' });
    scripts.set(template, script);
  }
  return script.runInThisContext() as Function;
}
