import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../types.ts';
import { compileRegex } from './regex.ts';
import { begin, end } from './run.ts';

/** On a machine that others use too. */
function withTime<Result>(work: () => Result): Result {
  const outer = begin(undefined, undefined, { ...DEFAULT_LIMITS, timeoutMs: 30_000 });
  try {
    return work();
  } finally {
    end(outer);
  }
}

const manyAs = 'a'.repeat(40);

test('a pattern that backtracks for ages is answered in linear time', () => {
  assert.equal(compileRegex('^(a+)+b', '').value?.test(manyAs), false);
  assert.equal(compileRegex('^(a|a)*$', '').value?.test(`${manyAs}b`), false);
});

test('a pattern that needs backtracking is stopped', () => {
  for (const source of ['^(?=a)(a+)+b', '^(a+)+\\1b']) {
    assert.throws(() => compileRegex(source, '').value?.test(manyAs), { code: 'D1012' }, source);
  }
});

test('a long text is searched under a time limit', () => {
  const long = 'x'.repeat(20_000_000);
  assert.throws(() => compileRegex('(x+x+)+y', '').value?.test(long), { code: 'D1012' });
  assert.equal(
    withTime(() => compileRegex('y', '').value?.test(long)),
    false,
  );
});

test('a repeated group over a long text is searched with the same answer, and can be stopped all the time', () => {
  const text = `${'x'.repeat(300_000)}${'ab-a-'.repeat(20)}c`;
  for (const source of ['((a)|(b)|-)+c', '(?:(a)b?-){2,}?', '(?<word>[ab]+-?)*c', '(x|xx)+$', '((a*)*-)+']) {
    const expected = new RegExp(source, 'g').exec(text);
    const found = withTime(() => compileRegex(source, '').value?.exec(text, 0) ?? null);
    assert.deepEqual(found && [...found], expected && [...expected], source);
    assert.equal(found?.index, expected?.index, source);
  }
  // Going back to every repetition, V8 fills 64 MB before it looks whether it is to stop, and then fails otherwise.
  assert.throws(() => compileRegex('^(a|aa)+$', '').value?.test('a'.repeat(20_000_000)), { code: 'D1012' });
});

test('matches and groups are those of JavaScript', () => {
  const found = compileRegex('(b)(?<name>c)?', 'i').value?.exec('aBcb', 1);
  assert.deepEqual([found?.[0], found?.[1], found?.[2], found?.index], ['Bc', 'B', 'c', 1]);
  assert.equal(compileRegex('(?<=a)b', '').value?.exec('ab', 0)?.index, 1);
  assert.equal(compileRegex('a', '').value?.exec('ba', 2), null);
});

test('what is no regular expression is said', () => {
  assert.match(compileRegex('(', '').problem ?? '', /Not a regular expression/);
});
