// Makes random documents out of few names, so that random paths find something.
import type { Random } from './random.ts';

export const FIELDS: readonly string[] = ['a', 'b', 'c', 'd', 'e'];

const STRINGS = [
  '',
  'x',
  'abc',
  'Hello World',
  ' pad  ded ',
  '10',
  '-3.5',
  'ÄÖ',
  'a😀b',
  '2024-02-29',
  'aa,bb,cc',
  '0x1F',
  'NaN',
];
const NUMBERS = [0, 1, -1, 2, 3, 10, 1.5, -2.25, 100, 1e6, 0.1, 1e-7, 12345.678, 1e21];

export function randomScalar(random: Random): unknown {
  switch (random.below(10)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
    case 3:
    case 4:
      return random.pick(STRINGS);
    default:
      return random.pick(NUMBERS);
  }
}

export function randomDocument(random: Random, depth = 4): unknown {
  if (depth === 0 || random.chance(0.15)) return randomScalar(random);
  if (random.chance(0.35)) return randomArray(random, depth);
  const object: Record<string, unknown> = {};
  for (const field of FIELDS) if (random.chance(0.65)) object[field] = randomDocument(random, depth - 1);
  return object;
}

function randomArray(random: Random, depth: number): unknown[] {
  const length = random.pick([0, 1, 1, 2, 3, 4]);
  if (random.chance(0.3)) return Array.from({ length }, () => random.pick(NUMBERS));
  if (random.chance(0.2)) return Array.from({ length }, () => random.pick(STRINGS));
  return Array.from({ length }, () => randomDocument(random, depth - 1));
}
