// Forms: flat fields, repeated ones as lists.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatForm, parseForm } from './form.ts';
import type { FormatError } from './format-error.ts';

const written = (value: unknown) => Buffer.from(formatForm(value)).toString();

suite('reading', () => {
  const cases: readonly (readonly [form: string, value: unknown])[] = [
    ['a=1&b=two+words', { a: '1', b: 'two words' }],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['a=%C3%A6%26%3D&b', { a: 'æ&=', b: '' }],
    ['', {}],
    ['?a=1', { '?a': '1' }],
    ['a=007', { a: '007' }],
    ['constructor=1&toString=2&toString=3', { constructor: '1', toString: ['2', '3'] }],
  ];
  for (const [form, value] of cases) test(form || 'nothing', () => assert.deepEqual(parseForm(form), value));

  test('a field called __proto__ is a field and changes no other object', () => {
    const fields = parseForm('__proto__=1&__proto__=2');
    assert.deepEqual(Object.entries(fields), [['__proto__', ['1', '2']]]);
    assert.equal(Object.getPrototypeOf(fields), Object.prototype);
  });
});

suite('writing', () => {
  test('texts, numbers, booleans, nothing and lists of them', () => {
    assert.equal(
      written({ a: 'x y&z', b: 1.5, c: true, d: null, e: ['1', 2], f: [] }),
      'a=x+y%26z&b=1.5&c=true&d=&e=1&e=2',
    );
  });

  for (const value of ['text', 1, null, [1], new Uint8Array(2), { a: { b: 1 } }, { a: [[1]] }]) {
    test(`${JSON.stringify(value)} is refused`, () =>
      assert.throws(
        () => formatForm(value),
        (error: FormatError) => error.code === 'VRS8203',
      ));
  }
});

test('what was written is read again', () => {
  const value = { 'a b': '1', list: ['x', ''], 'ø=&': 'é+%' };
  assert.deepEqual(parseForm(written(value)), value);
});
