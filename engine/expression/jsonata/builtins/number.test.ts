// Holds the reading of numbers against the package and against what JavaScript makes of the same digits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonata from 'jsonata';
import { randomFrom } from '../../fuzz/random.ts';
import { numberOf } from './number.ts';

const seed = Number(process.env.VRSKY_SEED ?? 20_250_101);

test('a decimal is the number that JavaScript reads, to the last bit', () => {
  const random = randomFrom(seed);
  for (let count = 0; count < 20_000; count += 1) {
    const digits = (most: number): string => String(random.below(10 ** (1 + random.below(most))));
    const fraction = random.chance(0.7) ? `.${digits(9)}` : '';
    const text = `${random.chance(0.3) ? '-' : ''}${digits(9)}${fraction}`;
    assert.ok(Object.is(numberOf(text), Number(text)), `${text}, seed ${seed}`);
  }
  for (const text of ['0', '-0', '-0.0', '0.1', '123456789012345', '999999999999.99', '9007199254740993'])
    assert.ok(Object.is(numberOf(text), Number(text)), text);
});

test('whatever else is written is a number or an error as in the package', async () => {
  const expression = jsonata('$number(text)');
  const texts = [
    '',
    '-',
    '.',
    '.5',
    '5.',
    '-.5',
    '1.2.3',
    '--1',
    '+1',
    ' 1',
    '1 ',
    '1e3',
    '1E-3',
    '1e',
    '1e400',
  ];
  for (const text of [
    ...texts,
    '0x1F',
    '0o17',
    '0b101',
    '0b2',
    '1_000',
    'Infinity',
    'NaN',
    '١',
    '1,5',
    '00.10',
  ]) {
    const expected = await expression.evaluate({ text }).catch((error: { code: string }) => error.code);
    let found: unknown;
    try {
      found = numberOf(text);
    } catch (error) {
      found = (error as { code: string }).code;
    }
    assert.equal(found, expected, JSON.stringify(text));
  }
});
