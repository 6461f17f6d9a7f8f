// Functions on text, without regular expressions.
import { fault } from '../fault.ts';
import { finderIn } from '../find-text.ts';
import {
  type Cut,
  changePieces,
  chargeText,
  countCharacters,
  cutCharacter,
  cutEscape,
  cutTriple,
  cutWord,
  isLong,
  offsetOfCharacter,
  piecesOf,
} from '../long-text.ts';
import { charge, checkText, reserve } from '../run.ts';
import { Builtin, type Implementation } from './builtin.ts';
import { stringOf } from './to-string.ts';

/** Undefined stays undefined. */
function optional(calculate: (text: string) => unknown): Implementation {
  return ([text]) => (text === undefined ? undefined : calculate(text as string));
}

export function substring(text: string, from: number, length: number | undefined): string {
  if (length !== undefined && length <= 0) return '';
  const count = countCharacters(text);
  const start = count + from < 0 ? 0 : from;
  const end = length === undefined ? undefined : start >= 0 ? start + length : count + start + length;
  if (count === text.length) return text.slice(start, end);
  const first = toIndex(start, count);
  const last = end === undefined ? count : toIndex(end, count);
  if (last <= first) return '';
  const begin = offsetOfCharacter(text, first);
  return text.slice(begin, last === count ? undefined : offsetOfCharacter(text, last));
}

/** As `slice` reads its arguments: negative ones count from the end. */
function toIndex(value: number, length: number): number {
  const index = Math.trunc(value) || 0;
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

/** The signature lets no other type through but nothing, which JavaScript looks for as `undefined`. */
function textOf(separator: unknown): string {
  return separator === undefined ? 'undefined' : (separator as string);
}

function before(text: string, given: unknown): string {
  const separator = textOf(given);
  const at = finderIn(text, separator)(0);
  return at > -1 ? text.slice(0, at) : text;
}

function after(text: string, given: unknown): string {
  const separator = textOf(given);
  const at = finderIn(text, separator)(0);
  return at > -1 ? text.slice(at + separator.length) : text;
}

const SPACES = /[ \t\n\r]+/g;

function trim(text: string): string {
  charge(text.length >> 4);
  return isLong(text) ? trimLong(text) : text.replaceAll(SPACES, ' ').replace(/^ /, '').replace(/ $/, '');
}

function trimLong(text: string): string {
  let trimmed = '';
  // A space is written when something follows it, so none is left at either end.
  let isSpacePending = false;
  for (const piece of piecesOf(text, cutCharacter)) {
    const words = piece.replaceAll(SPACES, ' ');
    const start = words.startsWith(' ') ? 1 : 0;
    const end = words.length > start && words.endsWith(' ') ? words.length - 1 : words.length;
    if (end > start) {
      if ((isSpacePending || start === 1) && trimmed !== '') trimmed += ' ';
      trimmed += words.slice(start, end);
      isSpacePending = end < words.length;
    } else if (start === 1) isSpacePending = true;
  }
  return trimmed;
}

/** A positive width pads behind, a negative one in front. */
function pad(text: string, width: number, filler: string | undefined): string {
  const fill = filler === undefined || filler.length === 0 ? ' ' : filler;
  const missing = Math.abs(Math.trunc(width)) - countCharacters(text);
  if (!(missing > 0)) return text;
  const times = Math.ceil(missing / countCharacters(fill));
  checkText(text.length + times * fill.length);
  charge(Math.min(missing, 2 ** 30) >> 6);
  const repeated = fill.repeat(times);
  const padding = fill.length > 1 ? substring(repeated, 0, missing) : repeated;
  return width > 0 ? text + padding : padding + text;
}

function join(texts: readonly string[], separator: string): string {
  let length = 0;
  for (const text of texts) length += (text?.length ?? 0) + separator.length;
  checkText(length);
  charge((texts.length >> 2) + (length >> 6));
  if (length > LONG) reserve(texts.length * MS_PER_ITEM + length * MS_PER_CHARACTER);
  return texts.join(separator);
}

/** What V8 does in one go, roughly: for texts that are long enough to matter. */
const LONG = 1_000_000;
const MS_PER_ITEM = 4e-5;
const MS_PER_CHARACTER = 1e-6;

function decodeBase64(text: string): string {
  chargeText(text);
  if (text.length > LONG) reserve(text.length * MS_PER_CHARACTER);
  return Buffer.from(text, 'base64').toString('latin1');
}

function encodeBase64(text: string): string {
  return changePieces(text, (piece) => Buffer.from(piece, 'latin1').toString('base64'), cutTriple);
}

type Coder = (text: string) => string;

/** Half a surrogate pair, or a bad escape, cannot be coded. */
function coder(name: string, code: Coder, cut: Cut): Builtin {
  return new Builtin(
    name,
    '<s-:s>',
    1,
    optional((text) => {
      try {
        return changePieces(text, code, cut);
      } catch (error) {
        if (!(error instanceof URIError)) throw error;
        throw fault('D3140', { value: text, inserts: { functionName: name } });
      }
    }),
  );
}

const lower: Coder = (text) => text.toLowerCase();
const upper: Coder = (text) => text.toUpperCase();

export const stringBuiltins: Readonly<Record<string, Builtin>> = {
  string: new Builtin('string', '<x-b?:s>', 1, ([value, pretty]) => stringOf(value, pretty === true)),
  substring: new Builtin('substring', '<s-nn?:s>', 3, ([text, from, length]) =>
    text === undefined ? undefined : substring(text as string, from as number, length as number | undefined),
  ),
  substringBefore: new Builtin('substringBefore', '<s-s:s>', 2, ([text, separator]) =>
    text === undefined ? undefined : before(text as string, separator),
  ),
  substringAfter: new Builtin('substringAfter', '<s-s:s>', 2, ([text, separator]) =>
    text === undefined ? undefined : after(text as string, separator),
  ),
  lowercase: new Builtin(
    'lowercase',
    '<s-:s>',
    1,
    optional((text) => changePieces(text, lower, cutWord)),
  ),
  uppercase: new Builtin(
    'uppercase',
    '<s-:s>',
    1,
    optional((text) => changePieces(text, upper, cutCharacter)),
  ),
  length: new Builtin('length', '<s-:n>', 1, optional(countCharacters)),
  trim: new Builtin('trim', '<s-:s>', 1, optional(trim)),
  pad: new Builtin('pad', '<s-ns?:s>', 3, ([text, width, filler]) =>
    text === undefined ? undefined : pad(text as string, width as number, filler as string | undefined),
  ),
  join: new Builtin('join', '<a<s>s?:s>', 2, ([texts, separator]) =>
    texts === undefined ? undefined : join(texts as string[], (separator as string | undefined) ?? ''),
  ),
  base64encode: new Builtin('base64encode', '<s-:s>', 1, optional(encodeBase64)),
  base64decode: new Builtin('base64decode', '<s-:s>', 1, optional(decodeBase64)),
  encodeUrlComponent: coder('encodeUrlComponent', encodeURIComponent, cutCharacter),
  encodeUrl: coder('encodeUrl', encodeURI, cutCharacter),
  decodeUrlComponent: coder('decodeUrlComponent', decodeURIComponent, cutEscape),
  decodeUrl: coder('decodeUrl', decodeURI, cutEscape),
};
