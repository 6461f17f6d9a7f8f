// A regular expression as a function of the language: a text to its first match, which knows the next.
import { fault } from './fault.ts';
import type { Frame } from './frame.ts';
import { MatchAhead } from './match-ahead.ts';
import { PartialCall, placeholders } from './partial-call.ts';
import { Procedure } from './procedure.ts';
import type { SafeRegex } from './regex.ts';
import { reserve } from './run.ts';

export interface Match {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
  readonly next: Procedure;
}

export class Matcher extends Procedure {
  readonly #regex: SafeRegex;
  readonly #source: string;
  readonly #position: number | undefined;
  readonly #ahead: MatchAhead;
  #lastIndex = 0;

  constructor(regex: SafeRegex, source: string, position: number | undefined) {
    super();
    this.#regex = regex;
    this.#ahead = new MatchAhead(regex);
    this.#source = source;
    this.#position = position;
  }

  arity(): number {
    return 2;
  }

  enter([text, from]: unknown[]): Match | undefined {
    return this.exec(text, toIndex(from));
  }

  exec(text: unknown, from: number): Match | undefined {
    const subject = typeof text === 'string' ? text : writtenOut(text);
    const found = this.#regex.isGuarded(subject)
      ? this.#ahead.find(subject, from)
      : this.#regex.exec(subject, from);
    this.#lastIndex = found === null ? 0 : found.index + found[0].length;
    if (found === null) return undefined;
    const [match, ...groups] = found;
    return {
      match,
      start: found.index,
      end: found.index + match.length,
      groups,
      next: new NextMatch(() => this.#next(text)),
    };
  }

  /** Whether there is a match, without making one. */
  test(text: string): boolean {
    return this.#regex.exec(text, 0) !== null;
  }

  #next(text: unknown): Match | undefined {
    const length = typeof text === 'string' ? text.length : Number.POSITIVE_INFINITY;
    if (this.#lastIndex >= length) return undefined;
    const next = this.exec(text, this.#lastIndex);
    if (next?.match === '') throw fault('D1004', { position: this.#position, value: this.#source });
    return next;
  }

  partial(args: readonly unknown[]): Procedure {
    return new PartialCall((all) => this.enter(all), placeholders(args, this.arity()));
  }
}

function writtenOut(value: unknown): string {
  if (value instanceof Procedure) return '';
  if (Array.isArray(value))
    reserve(value.length * (typeof value[0] === 'number' ? MS_PER_NUMBER : MS_PER_ITEM));
  return String(value);
}

/** A list is written out in one go. */
const MS_PER_ITEM = 4e-5;
const MS_PER_NUMBER = 1.2e-4;

/** What JavaScript makes of any value as an index: a higher-order function may hand over a key. */
function toIndex(value: unknown): number {
  if (value instanceof Procedure) return 0;
  const index = Math.trunc(Number(value ?? 0));
  return index > 0 ? index : 0;
}

class NextMatch extends Procedure {
  readonly #find: () => Match | undefined;

  constructor(find: () => Match | undefined) {
    super();
    this.#find = find;
  }

  arity(): number {
    return 0;
  }

  enter(_args: unknown[], _context: unknown, _frame: Frame): Match | undefined {
    return this.#find();
  }

  partial(): Procedure {
    return this;
  }
}
