// Holds that nothing an expression does lasts much longer than its time, and that it ends with a code of the language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDLESS, HEAVY, PATTERNS, REPEATED, SEARCHES, WIDE } from './fuzz/hostile.ts';
import { hostileInput, LIMIT_CODES, runHostile } from './fuzz/hostile-input.ts';
import { compileExpression } from './index.ts';

const timeoutMs = 25;
/** Processor time, on a machine that others use too: what nothing stops takes seconds. The exact figures are those of `npm run bench -- limits`. */
const MUCH_LONGER = 400;

const input = hostileInput({ size: 20_000_000, items: 200_000, depth: 1000 });

function end(source: string): string {
  const { value, problems } = compileExpression(source);
  assert.ok(value !== undefined, `${source}: ${problems[0]?.message}`);
  assert.ok(value.compiled, source);
  const { ending, processorMs } = runHostile(value, input, { timeoutMs, outputBytes: 30_000_000 });
  assert.ok(processorMs < MUCH_LONGER, `${source} took ${processorMs} ms instead of ${timeoutMs}: ${ending}`);
  return ending;
}

test('what would never end is stopped by the limit that it breaks', () => {
  for (const [source, code] of ENDLESS) {
    const ending = end(source);
    assert.ok(ending === code || ending === 'D1012', `${source} ended with ${ending}, not with ${code}`);
  }
});

test('heavy work ends with an answer, with a limit or with a mistake of its own, in time', () => {
  for (const source of [...SEARCHES, ...HEAVY, ...WIDE, ...PATTERNS, ...REPEATED]) {
    const ending = end(source);
    assert.ok(
      ending === 'answer' || LIMIT_CODES.has(ending) || /^[TD]\d{4}$/.test(ending),
      `${source}: ${ending}`,
    );
  }
});

test('the limit of each kind has its own code', () => {
  const codeOf = (source: string, limits: object): string => {
    const { value } = compileExpression(source);
    assert.ok(value !== undefined);
    return runHostile(value, { list: [1, 2, 3, 4] }, limits).ending;
  };
  assert.equal(codeOf('($f := function($n){$f($n)}; $f(1))', { timeoutMs: 5 }), 'D1012');
  assert.equal(codeOf('($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f(20))', { depth: 40 }), 'D1011');
  assert.equal(codeOf('[1..11]', { sequence: 10 }), 'D2015');
  assert.equal(codeOf('$append(list, list)', { sequence: 7 }), 'D2015');
  assert.equal(codeOf('$split("abcdefgh", "")', { sequence: 7 }), 'D2015');
  assert.equal(codeOf('$pad("", 101)', { outputBytes: 100 }), 'D2016');
  assert.equal(codeOf('[1..40].("abc")', { outputBytes: 100 }), 'D2016');
  assert.equal(codeOf('$replace($pad("", 60), " ", "ab")', { outputBytes: 100 }), 'D2016');
});

test('what a limit allows is answered', () => {
  const { value } = compileExpression('$count([1..1000000]) + $length($pad("", 1000000))');
  assert.equal(value?.evaluate(undefined, {}, { timeoutMs: 5000 }), 2_000_000);
});

test('time in which the machine did something else, or was asleep, does not count', () => {
  const { value } = compileExpression('$count([1..5000].($ + 1)) + nap + $count([1..5000].($ + 1))');
  const sleepy = {
    get nap() {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
      return 1;
    },
  };
  assert.equal(value?.evaluate(sleepy, {}, { timeoutMs: 200 }), 10_001);
});

test('all time that passed counts when the thread had the processor for half of it', () => {
  const { value } = compileExpression('$count([1..5000].($ + 1)) + work + $count([1..5000].($ + 1))');
  const busy = {
    get work() {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
      const before = process.threadCpuUsage();
      for (let used = 0; used < 120_000; ) {
        const { user, system } = process.threadCpuUsage(before);
        used = user + system;
      }
      return 1;
    },
  };
  assert.throws(() => value?.evaluate(busy, {}, { timeoutMs: 200 }), { code: 'D1012' });
});

test('the keys of a large object count, listed first of all or again', () => {
  const large = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, index]));
  const { value } = compileExpression('[1..1000].($$ and true)');
  assert.equal(runHostile(value as never, large, { timeoutMs: 25 }).ending, 'D1012');
});
