// The package's evaluator with its few mistakes mended that are not followed on purpose: what compiled expressions are compared with.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import type jsonata from 'jsonata';

interface Repair {
  readonly from: string;
  readonly to: string;
  readonly times: number;
}

/** Every deliberate difference, as a change of the package's text. docs/reference/expressions.md lists them for readers. */
const REPAIRS: readonly Repair[] = [
  // Of several errors in one constructor the one that needs the fewest turns of the event loop wins; compiled, the first does.
  { from: 'await Promise.all(', to: 'await inOrder(', times: 2 },
  // `[]{…}` puts an undefined item into the array it is applied to, even when that is the input's own.
  { from: 'input.push(undefined);', to: 'input = [undefined];', times: 1 },
  // The left side of `?:` and `??` is copied as JSON, which makes its regular expressions match nothing they should.
  { from: 'JSON.parse(JSON.stringify(left))', to: 'copyTree(left)', times: 2 },
  // A text is replaced by the source text of a function, or by `[object Object]` when it came through a list or a partial application.
  {
    from: 'result += replacement;',
    to: "if (isFunction(replacement)) throw { code: 'D3012' }; result += replacement;",
    times: 1,
  },
  // A regular expression is matched with the source text of a function.
  { from: 're.exec(str)', to: "re.exec(isFunction(str) ? '' : str)", times: 1 },
  // The inside of a built-in function can be looked at.
  {
    from: "typeof arg === 'object' && !isLambda(arg)",
    to: "typeof arg === 'object' && !isFunction(arg)",
    times: 1,
  },
  // With a limit on sequences the function that holds it is a member of each of them, and a wildcard finds it.
  {
    from: 'sequence.sequence = true;',
    to: "if (Object.hasOwn(sequence, 'push')) Object.defineProperty(sequence, 'push', { enumerable: false }); sequence.sequence = true;",
    times: 1,
  },
  // Not a mistake: the clock of the test.
  { from: 'timestamp = new Date();', to: 'timestamp = new Date(Date.now());', times: 2 },
];

type Package = typeof jsonata;

function load(): Package {
  let text = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');
  for (const { from, to, times } of REPAIRS) {
    const found = text.split(from).length - 1;
    if (found !== times) throw new Error(`jsonata has changed: ${found} × ${from}`);
    text = text.replaceAll(from, to);
  }
  const wrapper = runInThisContext(`(function (module, exports, inOrder, copyTree) {${text}\n})`) as (
    ...inserts: readonly unknown[]
  ) => void;
  const module = { exports: {} };
  wrapper(module, module.exports, inOrder, copyTree);
  return module.exports as Package;
}

/** All settle; the first that failed speaks for all. */
async function inOrder(promises: Iterable<unknown>): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

function copyTree(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map(copyTree);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'function' ? [] : [[key, copyTree(inner)]],
    ),
  );
}

export const reference: Package = load();
