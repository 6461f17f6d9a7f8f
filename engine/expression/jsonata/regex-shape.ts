// How far a regular expression can look ahead, read from its source: what its matches consist of, without what they mean.

/** Sources that each match one UTF-16 unit: `a`, `\w`, `[^,]`. */
export type Units = readonly string[];

export interface RegexShape {
  /** So many units at most belong to what is not repeated without end. */
  readonly length: number;
  /** Of every endless repetition: the units that it goes over. */
  readonly loops: readonly Units[];
  /** How many ways there are to go on, where one is tried behind the other. */
  readonly branches: number;
  /** Whether a group or a back reference is repeated, not just a unit. */
  readonly repeatsGroups: boolean;
  /** Whether a look-behind has an endless repetition. */
  readonly looksFarBack: boolean;
}

interface Part extends RegexShape {
  readonly units: Units;
}

const NOTHING: Part = {
  length: 0,
  loops: [],
  branches: 0,
  repeatsGroups: false,
  looksFarBack: false,
  units: [],
};
/** A longer part that is repeated counts as repeated without end. */
const LONGEST = 4096;
const MOST_LOOPS = 8;

/** Of a pattern that JavaScript accepts without the flags `u` and `v`. */
export function shapeOf(source: string): RegexShape {
  const reader = new ShapeReader(source);
  const shape = reader.alternatives();
  // What cannot be read may go over anything.
  if (!reader.isAtEnd()) return { ...shape, length: 0, loops: [['[^]']], branches: source.length };
  return shape.length > LONGEST || shape.loops.length > MOST_LOOPS ? repeat(shape) : shape;
}

const GROUP = /\((?:\?(?:[:=!]|<[=!]|<[^>=!]*>))?(?!\?)/y;
const CAPTURING = /^\((?!\?[:=!]|\?<[=!])/;
const LOOK_BEHIND = /^\(\?<[=!]/;
const ANCHOR = /[$^]|\\[bB]/y;
const BACK_REFERENCE = /\\(?:([1-9]\d*)|0\d+|k(?:<[^>]*>)?)/y;
const UNIT = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|[^c])|\[(?:[^\]\\]|\\[\s\S])*\]|[^()|\\[*+?]/y;
const QUANTIFIER = /(?:([*+])|(\?)|\{(\d+)(?:(,)(\d*))?\})\??/y;

class ShapeReader {
  readonly #source: string;
  #at = 0;
  /** What the groups consist of that were read to their ends, by their numbers. */
  readonly #groups: (Units | undefined)[] = [undefined];

  constructor(source: string) {
    this.#source = source;
  }

  isAtEnd(): boolean {
    return this.#at === this.#source.length;
  }

  alternatives(): Part {
    let whole = NOTHING;
    for (;;) {
      const term = this.#term();
      if (term !== undefined) whole = join(whole, this.#quantified(term));
      else if (this.#take(/\|/y) === undefined) return whole;
      else whole = { ...whole, branches: whole.branches + 1 };
    }
  }

  #term(): { readonly part: Part; readonly isUnit: boolean } | undefined {
    if (this.#take(ANCHOR) !== undefined) return { part: NOTHING, isUnit: false };
    const reference = this.#take(BACK_REFERENCE);
    if (reference !== undefined) return { part: this.#referred(Number(reference[1])), isUnit: false };
    const opened = this.#take(GROUP)?.[0];
    if (opened !== undefined) return this.#group(opened);
    const written = this.#take(UNIT)?.[0];
    return written === undefined ? undefined : { part: unit(written), isUnit: true };
  }

  /** As long as what the group matched. */
  #referred(group: number): Part {
    return repeat({ ...NOTHING, units: this.#groups[group] ?? ['[^]'] });
  }

  #group(opened: string): { readonly part: Part; readonly isUnit: boolean } | undefined {
    const number = CAPTURING.test(opened) ? this.#groups.push(undefined) - 1 : undefined;
    const inner = this.alternatives();
    if (this.#take(/\)/y) === undefined) return undefined;
    if (number !== undefined) this.#groups[number] = inner.units;
    const looksFarBack = inner.looksFarBack || (LOOK_BEHIND.test(opened) && inner.loops.length > 0);
    return { part: { ...inner, looksFarBack }, isUnit: false };
  }

  #quantified({ part, isUnit }: { readonly part: Part; readonly isUnit: boolean }): Part {
    const found = this.#take(QUANTIFIER);
    if (found === undefined) return part;
    const [, endless, optional, least, comma, most] = found;
    const upTo = endless !== undefined || most === '' ? Number.POSITIVE_INFINITY : Number(most ?? least ?? 1);
    const isExact = optional === undefined && endless === undefined && comma === undefined;
    const branches = part.branches + (isExact || upTo === Number.POSITIVE_INFINITY ? 0 : 1);
    const repeatsGroups = part.repeatsGroups || (!isUnit && upTo > 1);
    const isEndless = upTo > 1 && (part.loops.length > 0 || part.length * upTo > LONGEST);
    if (isEndless || upTo === Number.POSITIVE_INFINITY) return { ...repeat(part), branches, repeatsGroups };
    return { ...part, length: part.length * upTo, branches, repeatsGroups };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}

/** Braces that are no quantifier stand for themselves. */
function unit(source: string): Part {
  return { ...NOTHING, length: 1, units: [/^[{}]$/.test(source) ? `\\${source}` : source] };
}

function repeat(part: Part): Part {
  return { ...part, length: 0, loops: part.units.length === 0 ? [] : [part.units] };
}

function join(left: Part, right: Part): Part {
  return {
    length: left.length + right.length,
    loops: [...left.loops, ...right.loops],
    branches: left.branches + right.branches,
    repeatsGroups: left.repeatsGroups || right.repeatsGroups,
    looksFarBack: left.looksFarBack || right.looksFarBack,
    units: [...new Set([...left.units, ...right.units])],
  };
}
