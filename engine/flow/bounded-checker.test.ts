import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundedChecker } from './bounded-checker.ts';

/** A checker that remembers what it was asked. */
function asked(limits: Parameters<typeof boundedChecker>[1]) {
  const sources: string[] = [];
  const note = (source: string) => {
    sources.push(source);
    return [];
  };
  return { sources, checker: boundedChecker({ expression: note, template: note }, limits) };
}

test('the same text is checked once', () => {
  const { sources, checker } = asked({ maxLength: 10, maxExpressions: 10, maxBroken: 10 });
  for (let time = 0; time < 3; time++) checker.expression('a', []);
  checker.template('a', []);
  assert.deepEqual(sources, ['a', 'a']);
});

test('a text that is too long is not checked at all', () => {
  const { sources, checker } = asked({ maxLength: 3, maxExpressions: 10, maxBroken: 10 });
  assert.deepEqual(checker.expression('abcd', [])[0]?.code, 'VRS2009');
  assert.deepEqual(sources, []);
});

test('too many expressions are reported once, every hole of a template counted', () => {
  const { sources, checker } = asked({ maxLength: 100, maxExpressions: 3, maxBroken: 10 });
  const codes = ['{{ a }}{{ b }}', '{{ c }}', '{{ d }}', '{{ e }}'].map(
    (text) => checker.template(text, [])[0]?.code,
  );
  assert.deepEqual(codes, [undefined, undefined, 'VRS1005', undefined]);
  assert.equal(sources.length, 2);
});

test('after too many with mistakes the rest is not looked at, and that is said once', () => {
  const sources: string[] = [];
  const wrong = (source: string) => {
    sources.push(source);
    return [{ code: 'VRS4001', message: 'no', offset: 0, length: 1 }];
  };
  const limits = { maxLength: 10, maxExpressions: 10, maxBroken: 2 };
  const checker = boundedChecker({ expression: wrong, template: wrong }, limits);
  const codes = ['a', 'b', 'c', 'd'].map((text) => checker.expression(text, [])[0]?.code);
  assert.deepEqual(codes, ['VRS4001', 'VRS4001', 'VRS1017', undefined]);
  assert.deepEqual(sources, ['a', 'b', 'c']);
});
