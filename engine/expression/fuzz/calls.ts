// Random calls of every built-in function: with arguments of the right kind, and now and then of any.
import * as literal from './literals.ts';
import { list, type Piece, piece } from './piece.ts';
import type { Random } from './random.ts';

/** s text · n number · b condition · a array · A array of numbers · S array of texts · o object · f function · x anything · r regex or text · other letters: pictures. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  sum: ['A'],
  count: ['a'],
  max: ['A'],
  min: ['A'],
  average: ['A'],
  string: ['x', 'xb'],
  substring: ['sn', 'snn'],
  substringBefore: ['ss'],
  substringAfter: ['ss'],
  lowercase: ['s'],
  uppercase: ['s'],
  length: ['s'],
  trim: ['s'],
  pad: ['sn', 'sns'],
  match: ['sR', 'sRn'],
  contains: ['sr'],
  replace: ['srs', 'srsn', 'sRf'],
  split: ['sr', 'srn'],
  join: ['S', 'Ss'],
  formatNumber: ['nP'],
  formatBase: ['n', 'nn'],
  formatInteger: ['nI'],
  parseInteger: ['sI'],
  number: ['s', 'b', 'n'],
  floor: ['n'],
  ceil: ['n'],
  round: ['n', 'nn'],
  abs: ['n'],
  sqrt: ['n'],
  power: ['nn'],
  boolean: ['x'],
  not: ['x'],
  map: ['af'],
  zip: ['aa', 'aaa', 'a'],
  filter: ['af'],
  single: ['af', 'a'],
  reduce: ['aF', 'aFx'],
  sift: ['of'],
  keys: ['o', 'a'],
  lookup: ['os', 'as'],
  append: ['xx', 'aa'],
  exists: ['x'],
  spread: ['o', 'a', 'x'],
  merge: ['O'],
  reverse: ['a'],
  each: ['of'],
  error: ['s', ''],
  assert: ['bs', 'b'],
  type: ['x'],
  sort: ['A', 'S', 'aF'],
  distinct: ['a', 'x'],
  base64encode: ['s'],
  base64decode: ['s'],
  encodeUrlComponent: ['s'],
  encodeUrl: ['s'],
  decodeUrlComponent: ['s'],
  decodeUrl: ['s'],
  toMillis: ['s', 'sD'],
  fromMillis: ['n', 'nD', 'nDZ'],
  clone: ['o'],
  eval: ['s', 'sx'],
};

export const FUNCTIONS: readonly string[] = Object.keys(SIGNATURES);

export type Make = (depth: number) => Piece;

export interface Makers {
  readonly any: Make;
  readonly array: Make;
  readonly object: Make;
  readonly lambda: (depth: number, parameters: number) => Piece;
}

export function randomCall(random: Random, makers: Makers, depth: number): Piece {
  const name = random.pick(FUNCTIONS);
  const kinds = random.pick(SIGNATURES[name] as readonly string[]);
  const given = random.chance(0.08) ? kinds.slice(0, -1) : kinds;
  const args = [...given].map((kind) => argument(kind, random, makers, depth - 1));
  if (random.chance(0.04)) args.push(makers.any(depth - 1));
  if (args.length > 0 && random.chance(0.15))
    return piece(args[0] as Piece, ` ~> $${name}(`, list(args.slice(1)), ')');
  return piece(`$${name}(`, list(args), ')');
}

function argument(kind: string, random: Random, makers: Makers, depth: number): Piece {
  if (random.chance(0.15)) return makers.any(depth);
  const make = kindMakers[kind];
  return make === undefined ? makers.any(depth) : make(random, makers, depth);
}

type KindMaker = (random: Random, makers: Makers, depth: number) => Piece;

function arrayOf(make: (random: Random) => Piece): KindMaker {
  return (random) => piece('[', list(Array.from({ length: random.below(5) }, () => make(random))), ']');
}

const EVALUATED = [
  '"a"',
  '"1+2"',
  '"$sum([1,2])"',
  '"b.c"',
  '"$"',
  '"1 +"',
  '"$x := 3"',
  '"[a,b]"',
  '"$error()"',
  '"$$"',
];

const kindMakers: Readonly<Record<string, KindMaker>> = {
  s: (random) => (random.chance(0.1) ? piece(random.pick(EVALUATED)) : literal.string(random)),
  n: literal.number,
  b: (random) => piece(random.pick(['true', 'false', 'a = b', 'a > 1'])),
  a: (_random, makers, depth) => makers.array(depth),
  o: (_random, makers, depth) => makers.object(depth),
  O: (_random, makers, depth) => piece('[', makers.object(depth), ', ', makers.object(depth), ']'),
  A: arrayOf(literal.number),
  S: arrayOf(literal.string),
  f: (random, makers, depth) => makers.lambda(depth, 1 + random.below(3)),
  F: (random, makers, depth) => makers.lambda(depth, 2 + random.below(2)),
  R: literal.regex,
  r: (random) => (random.chance(0.5) ? literal.regex(random) : literal.string(random)),
  P: literal.picture,
  I: literal.integerPicture,
  D: literal.datePicture,
  Z: literal.timezone,
};
