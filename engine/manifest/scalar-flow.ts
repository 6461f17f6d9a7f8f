// Reads plain, single-quoted and double-quoted scalars, remembering where each character of the value came from.
import type { ScalarStyle, Span } from './node.ts';
import type { ReadScalar } from './scalar-map.ts';

// YAML 1.2.2, 5.7: escapes of double-quoted scalars.
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Folds line breaks (YAML 1.2.2, 6.5) and undoes escapes. */
export function readFlow(text: string, span: Span, style: ScalarStyle): ReadScalar {
  const quoted = style === 'single' || style === 'double';
  const reader = new FlowReader(text, span.start + (quoted ? 1 : 0), span.end - (quoted ? 1 : 0), style);
  return reader.read();
}

class FlowReader {
  readonly #text: string;
  readonly #end: number;
  readonly #style: ScalarStyle;
  #at: number;
  #value = '';
  readonly #offsets: number[] = [];
  readonly #ends: number[] = [];
  /** Length of the value up to which nothing is trimmed: what an escape wrote stays. */
  #kept = 0;

  constructor(text: string, start: number, end: number, style: ScalarStyle) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.#style = style;
  }

  read(): ReadScalar {
    while (this.#at < this.#end) {
      const character = this.#text[this.#at] as string;
      if (character === '\n' || character === '\r') this.#fold();
      else if (character === '\\' && this.#style === 'double') this.#escape();
      else if (character === "'" && this.#style === 'single') this.#push("'", this.#at, 2);
      else this.#push(character, this.#at, 1);
    }
    return { value: this.#value, offsets: this.#offsets, ends: this.#ends, end: this.#end };
  }

  #push(characters: string, offset: number, consumed: number): void {
    this.#value += characters;
    for (let unit = 0; unit < characters.length; unit++) {
      this.#offsets.push(offset);
      this.#ends.push(offset + consumed);
    }
    this.#at += consumed;
  }

  /** Several line breaks become one less; a single one becomes a space. White space around them goes. */
  #fold(): void {
    const at = this.#at;
    this.#trim();
    const breaks = this.#skipBlank();
    this.#push(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), at, 0);
  }

  #trim(): void {
    let length = this.#value.length;
    while (length > this.#kept && /[ \t]/.test(this.#value[length - 1] as string)) length--;
    this.#value = this.#value.slice(0, length);
    this.#offsets.length = length;
    this.#ends.length = length;
  }

  /** Skips line breaks and white space; how many line breaks there were. */
  #skipBlank(): number {
    let breaks = 0;
    for (; this.#at < this.#end && /\s/.test(this.#text[this.#at] as string); this.#at++) {
      if (this.#text[this.#at] === '\n') breaks++;
    }
    return breaks;
  }

  #escape(): void {
    const letter = this.#text[this.#at + 1] ?? '';
    if (letter === '\n' || letter === '\r') {
      const at = this.#at++;
      const breaks = this.#skipBlank();
      this.#push('\n'.repeat(Math.max(0, breaks - 1)), at, 0);
    } else {
      const digits = HEX_DIGITS[letter] ?? 0;
      const code = Number.parseInt(this.#text.slice(this.#at + 2, this.#at + 2 + digits), 16);
      const character =
        digits > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : (ESCAPES[letter] ?? letter);
      this.#push(character, this.#at, 2 + digits);
    }
    this.#kept = this.#value.length;
  }
}
