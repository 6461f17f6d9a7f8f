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
  const { sources, checker } = asked({ maxLength: 10, maxExpressions: 10 });
  for (let time = 0; time < 3; time++) checker.expression('a', []);
  checker.template('a', []);
  assert.deepEqual(sources, ['a', 'a']);
});

test('a text that is too long is not checked at all', () => {
  const { sources, checker } = asked({ maxLength: 3, maxExpressions: 10 });
  assert.deepEqual(checker.expression('abcd', [])[0]?.code, 'VRS2009');
  assert.deepEqual(sources, []);
});

test('too many expressions are reported once, every hole of a template counted', () => {
  const { sources, checker } = asked({ maxLength: 100, maxExpressions: 3 });
  const codes = ['{{ a }}{{ b }}', '{{ c }}', '{{ d }}', '{{ e }}'].map(
    (text) => checker.template(text, [])[0]?.code,
  );
  assert.deepEqual(codes, [undefined, undefined, 'VRS1005', undefined]);
  assert.equal(sources.length, 2);
});
