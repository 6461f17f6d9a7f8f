// Work on long texts piece by piece, so that the clock is looked at in between.
import { charge, checkText, reserve } from './run.ts';

/** Texts up to this long are worked on in one go; longer ones in pieces of this length. */
const PIECE = 65_536;
/** Of a piece, in the units of {@link charge}: at least one look at the clock. */
const COST = 1024;

/** Where a text may be cut in two before `at` without changing what becomes of the parts; `at` itself when unsure. */
export type Cut = (text: string, at: number) => number;

/** What `change` makes of the text, made from its parts. */
export function changePieces(text: string, change: (piece: string) => string, cut: Cut): string {
  charge(text.length >> 4);
  if (!isLong(text)) return change(text);
  let changed = '';
  for (const piece of piecesOf(text, cut)) {
    changed += change(piece);
    checkText(changed.length);
  }
  return changed;
}

/** Texts of which V8 puts the parts together in a millisecond or more, and most of what that takes: many are whole already. */
const HUGE = 1_000_000;
const MS_PER_UNIT = 8e-7;

/** Counts work on a text that grows with it. One made of parts is put together first, as V8 does before anything looks inside. */
export function chargeText(text: string): void {
  if (text.length > HUGE) putTogether(text);
  charge(text.length >> 6);
}

/** Counts that V8 looks for a text among others, as it does for names of fields: long ones of equal length it tells apart only by comparing them. */
export function chargeName(name: string): void {
  chargeText(name);
  charge(name.length >> 4);
}

function putTogether(text: string): void {
  reserve(text.length * MS_PER_UNIT);
  // Read and used, or V8 would leave it out.
  charge(text.charCodeAt(0) & 1);
}

export function isLong(text: string): boolean {
  return text.length > PIECE;
}

/** Looks at the clock before every piece. */
export function* piecesOf(text: string, cut: Cut): Generator<string> {
  let start = 0;
  while (start < text.length) {
    charge(COST);
    const end = Math.min(start + PIECE, text.length);
    const at = end === text.length ? end : cut(text, end);
    yield text.slice(start, at);
    start = at;
  }
}

const LOW_SURROGATE = /[\udc00-\udfff]/;

/** Not between the halves of a surrogate pair. */
export function cutCharacter(text: string, at: number): number {
  return LOW_SURROGATE.test(text[at] as string) ? at - 1 : at;
}

const FARTHEST = 4096;
const PLAIN = /[A-Za-z0-9 ,\n\t"]/;

/** Between two characters that no letter further away depends on: what `Σ` becomes depends on its neighbours. */
export function cutWord(text: string, at: number): number {
  for (let end = at; end > at - FARTHEST; end -= 1) {
    if (PLAIN.test(text[end] as string) && PLAIN.test(text[end - 1] as string)) return end;
  }
  return cutCharacter(text, at);
}

const ESCAPED_START = /^(?:[^%]|%[0-7])/;

/** Not inside the escapes of one character, which are at most twelve long. */
export function cutEscape(text: string, at: number): number {
  for (let end = at; end > at - 16; end -= 1) {
    const isInEscape = text[end - 1] === '%' || text[end - 2] === '%';
    if (!isInEscape && ESCAPED_START.test(text.slice(end, end + 2))) return cutCharacter(text, end);
  }
  return at;
}

/** Three bytes make four letters. */
export function cutTriple(_text: string, at: number): number {
  return at - (PIECE % 3);
}

/** Characters, not UTF-16 units: the halves of a pair count once. */
export function countCharacters(text: string): number {
  chargeText(text);
  return text.length - pairsIn(text, 0, text.length);
}

function pairsIn(text: string, from: number, to: number): number {
  let pairs = 0;
  for (let at = from; at < to; at += 1) {
    if ((at & 0xffff) === 0xffff) charge(COST);
    if (isPair(text, at)) {
      pairs += 1;
      at += 1;
    }
  }
  return pairs;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}

/** Where the character of that number begins, in UTF-16 units. */
export function offsetOfCharacter(text: string, index: number): number {
  let at = 0;
  for (let count = 0; count < index && at < text.length; count += 1) {
    if ((count & 0xffff) === 0xffff) charge(COST);
    at += isPair(text, at) ? 2 : 1;
  }
  return at;
}
