// Forms: fields to objects and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatForm, parseForm } from './form.ts';
import { random } from './testdata/random.ts';

test('fields are texts, repeated ones lists', () => {
  assert.deepEqual(parseForm('a=1&b=x+y%26&a=2&c&=d&a=3&%C3%86=1'), {
    a: ['1', '2', '3'],
    b: 'x y&',
    c: '',
    '': 'd',
    Æ: '1',
  });
  assert.deepEqual(parseForm(''), {});
  assert.deepEqual(parseForm('?a=1'), { '?a': '1' });
});

test('fields called __proto__ are fields', () => {
  const fields = parseForm('__proto__=1&__proto__=2&constructor=x');
  assert.deepEqual(Object.entries(fields), [
    ['__proto__', ['1', '2']],
    ['constructor', 'x'],
  ]);
  assert.equal(Object.getPrototypeOf(fields), Object.prototype);
});

test('what is nested is refused', () => {
  for (const value of ['x', 1, null, [1], new Uint8Array(1), { a: {} }, { a: [[1]] }])
    assert.throws(() => formatForm(value), { code: 'VRS8203' });
});

test('random fields come back', () => {
  const texts = ['', ' ', 'a', '&', '=', '%', '+', 'Æ', '\n', '"', '%41', '__proto__'];
  for (let seed = 1; seed <= 300; seed++) {
    const dice = random(seed);
    const text = () => dice.pick(texts) + dice.pick(texts);
    const fields = Object.fromEntries(
      Array.from({ length: dice.int(5) }, () => [text(), dice.int(3) === 0 ? [text(), text()] : text()]),
    );
    assert.deepEqual(parseForm(formatForm(fields).toString()), fields, `seed ${seed}`);
  }
});

test('many fields take linear time', () => {
  const started = performance.now();
  const fields = parseForm(Array.from({ length: 200_000 }, (_, index) => `f${index}=${index}`).join('&'));
  assert.equal(Object.keys(fields).length, 200_000);
  assert.ok(performance.now() - started < 3_000);
});
