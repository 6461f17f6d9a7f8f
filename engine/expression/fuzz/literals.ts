// The literals that random expressions are made of: ordinary ones and those on the edge.
import { type Piece, piece } from './piece.ts';
import type { Random } from './random.ts';

const NUMBERS = [
  '0',
  '1',
  '2',
  '3',
  '-1',
  '-2',
  '10',
  '2.5',
  '0.5',
  '-0.5',
  '1.5',
  '100',
  '1e3',
  '1e-3',
  '12345.678',
  '255',
  '1e20',
];

const STRINGS = [
  '""',
  '"a"',
  '"abc"',
  '"Hello World"',
  '"  two  words "',
  '"10"',
  '"-3.5e2"',
  '"0x1F"',
  '"0b11"',
  '"true"',
  '"a,b,,c"',
  '"😀x"',
  '"2024-02-29T12:34:56.789Z"',
  '"2024-02-29"',
  '"$1-$0"',
  '"$$"',
  '","',
  '" "',
  '"b"',
  '"l"',
  '"%20"',
  '"a b&c=ä"',
  '"YWJj"',
];

const REGEXES = [
  '/a/',
  '/[a-c]+/',
  '/(l)(o)?/',
  '/^h/i',
  '/\\s+/',
  '/[,;]/',
  '/(.)(.)/',
  '/x*/',
  '/\\d+/',
  '/b|c/',
  '/(a)|(b)/',
];

const PICTURES = [
  '"#,##0.00"',
  '"0"',
  '"#"',
  '"00.0#"',
  '"#0%"',
  '"0.0e0"',
  '"(0);[0]"',
  '"###,###,##0"',
  '"#.#.#"',
  '"0x"',
  '"##00,000.00##"',
  '"0‰"',
  '"$#,##0.00;($#)"',
];

const INTEGER_PICTURES = [
  '"0"',
  '"000"',
  '"#,##0"',
  '"w"',
  '"W"',
  '"Ww"',
  '"wo"',
  '"w;o"',
  '"I"',
  '"i"',
  '"A"',
  '"a"',
  '"0;o"',
  '"1"',
  '"٠"',
  '"#"',
  '"##:00"',
];

const DATE_PICTURES = [
  '"[Y0001]-[M01]-[D01]"',
  '"[D1o] [MNn] [Y]"',
  '"[H01]:[m01]:[s01].[f001]"',
  '"[h]:[m] [P]"',
  '"[FNn], [D1] [MNn,3-3] [Y,2-2]"',
  '"[Y]-W[W01]-[F1]"',
  '"[d001] [w] [x] [X]"',
  '"[Z]"',
  '"[z]"',
  '"[Z0101t]"',
  '"[YI]"',
  '"[Yw]"',
  '"[[[Y]]]"',
  '"[q]"',
  '"[Y"',
  '"[MN]"',
  '"[Fn]"',
  '"[C] [E]"',
  '"[H]:[m]:[s]"',
  '"[PN]"',
  '"[Z01:01]"',
];

const TIMEZONES = ['"+0000"', '"+0100"', '"-0530"', '"+05:30"', '"0"'];

function oneOf(texts: readonly string[]): (random: Random) => Piece {
  return (random) => piece(random.pick(texts));
}

export const number = oneOf(NUMBERS);
export const string = oneOf(STRINGS);
export const regex = oneOf(REGEXES);
export const picture = oneOf(PICTURES);
export const integerPicture = oneOf(INTEGER_PICTURES);
export const datePicture = oneOf(DATE_PICTURES);
export const timezone = oneOf(TIMEZONES);
export const constant = oneOf(['true', 'false', 'null', '[]', '{}', 'nothing']);
