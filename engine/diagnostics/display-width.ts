// How a text appears on a terminal: how many cells a character takes, and what stands for what must not be printed.

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /\p{Mn}|\p{Me}|[\u200b\u2060]|\u200c|\u200d/u;
// Control characters move the cursor or change colours; direction marks make a line look like another.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
const UNPRINTABLE_BUT_BREAKS = /[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu;

/** Spaces that stand for one tab. */
export const TAB_WIDTH = 4;

/** One character (code point) as it is shown: a tab becomes spaces, what must not reach a terminal `\ufffd`. */
export function displayCharacter(character: string): string {
  if (character === '\t') return ' '.repeat(TAB_WIDTH);
  return UNPRINTABLE.test(character) ? '\ufffd' : character;
}

/** Terminal cells that a shown text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : NO_WIDTH.test(character) ? 0 : 1;
  return width;
}

/** A text that is safe to print: line breaks and tabs stay, every other control character becomes `\ufffd`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE_BUT_BREAKS, '\ufffd');
}
