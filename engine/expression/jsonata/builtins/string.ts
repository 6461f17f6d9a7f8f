// Functions on text, without regular expressions.
import { fault } from '../fault.ts';
import { charge, checkText } from '../run.ts';
import { Builtin, type Implementation } from './builtin.ts';
import { stringOf } from './to-string.ts';

/** Undefined stays undefined. */
function optional(calculate: (text: string) => unknown): Implementation {
  return ([text]) => (text === undefined ? undefined : calculate(text as string));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}

export function substring(text: string, from: number, length: number | undefined): string {
  if (length !== undefined && length <= 0) return '';
  const characters = ASCII.test(text) ? text : [...text];
  const start = characters.length + from < 0 ? 0 : from;
  const end =
    length === undefined ? undefined : start >= 0 ? start + length : characters.length + start + length;
  const part = characters.slice(start, end);
  return typeof part === 'string' ? part : part.join('');
}

function before(text: string, separator: string): string {
  const at = text.indexOf(separator);
  return at > -1 ? text.slice(0, at) : text;
}

function after(text: string, separator: string): string {
  const at = text.indexOf(separator);
  return at > -1 ? text.slice(at + separator.length) : text;
}

function trim(text: string): string {
  return text
    .replaceAll(/[ \t\n\r]+/g, ' ')
    .replace(/^ /, '')
    .replace(/ $/, '');
}

/** A positive width pads behind, a negative one in front. */
function pad(text: string, width: number, filler: string | undefined): string {
  const fill = filler === undefined || filler.length === 0 ? ' ' : filler;
  const missing = Math.abs(Math.trunc(width)) - lengthOf(text);
  if (!(missing > 0)) return text;
  checkText(missing * fill.length);
  charge(missing >> 6);
  const repeated = fill.repeat(missing);
  const padding = fill.length > 1 ? substring(repeated, 0, missing) : repeated;
  return width > 0 ? text + padding : padding + text;
}

function join(texts: readonly string[], separator: string): string {
  let length = 0;
  for (const text of texts) length += (text?.length ?? 0) + separator.length;
  checkText(length);
  charge(texts.length >> 2);
  return texts.join(separator);
}

type Coder = (text: string) => string;

/** Half a surrogate pair, or a bad escape, cannot be coded. */
function coder(name: string, code: Coder): Builtin {
  return new Builtin(
    name,
    '<s-:s>',
    1,
    optional((text) => {
      try {
        return code(text);
      } catch {
        throw fault('D3140', { value: text, inserts: { functionName: name } });
      }
    }),
  );
}

export const stringBuiltins: Readonly<Record<string, Builtin>> = {
  string: new Builtin('string', '<x-b?:s>', 1, ([value, pretty]) => stringOf(value, pretty === true)),
  substring: new Builtin('substring', '<s-nn?:s>', 3, ([text, from, length]) =>
    text === undefined ? undefined : substring(text as string, from as number, length as number | undefined),
  ),
  substringBefore: new Builtin('substringBefore', '<s-s:s>', 2, ([text, separator]) =>
    text === undefined ? undefined : before(text as string, separator as string),
  ),
  substringAfter: new Builtin('substringAfter', '<s-s:s>', 2, ([text, separator]) =>
    text === undefined ? undefined : after(text as string, separator as string),
  ),
  lowercase: new Builtin(
    'lowercase',
    '<s-:s>',
    1,
    optional((text) => text.toLowerCase()),
  ),
  uppercase: new Builtin(
    'uppercase',
    '<s-:s>',
    1,
    optional((text) => text.toUpperCase()),
  ),
  length: new Builtin('length', '<s-:n>', 1, optional(lengthOf)),
  trim: new Builtin('trim', '<s-:s>', 1, optional(trim)),
  pad: new Builtin('pad', '<s-ns?:s>', 3, ([text, width, filler]) =>
    text === undefined ? undefined : pad(text as string, width as number, filler as string | undefined),
  ),
  join: new Builtin('join', '<a<s>s?:s>', 2, ([texts, separator]) =>
    texts === undefined ? undefined : join(texts as string[], (separator as string | undefined) ?? ''),
  ),
  base64encode: new Builtin(
    'base64encode',
    '<s-:s>',
    1,
    optional((text) => Buffer.from(text, 'latin1').toString('base64')),
  ),
  base64decode: new Builtin(
    'base64decode',
    '<s-:s>',
    1,
    optional((text) => Buffer.from(text, 'base64').toString('latin1')),
  ),
  encodeUrlComponent: coder('encodeUrlComponent', encodeURIComponent),
  encodeUrl: coder('encodeUrl', encodeURI),
  decodeUrlComponent: coder('decodeUrlComponent', decodeURIComponent),
  decodeUrl: coder('decodeUrl', decodeURI),
};
