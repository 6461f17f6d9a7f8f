// What was taken of files that are still there: kept in the cursor, so that a restart does not take it again.
import type { JsonObject, JsonValue } from '../../../engine/connector/index.ts';
import { fingerprintLength } from './found-file.ts';

/** Whole files taken, files left behind with messages missing, and records taken of files that were begun; by fingerprint. */
interface Saved {
  readonly taken?: string;
  readonly left?: string;
  readonly at?: Readonly<Record<string, number>>;
}

/** A cursor is one bucket entry, and those end at 1 MiB. */
const maxFiles = 40_000;

export class Ledger {
  readonly #taken: Set<string>;
  readonly #left: Set<string>;
  readonly #at: Map<string, number>;
  /** `#taken` put together: grows by one fingerprint per file, so that a cursor per file stays cheap. */
  #takenText: string;

  constructor(cursor: JsonValue | undefined) {
    const saved = (cursor ?? {}) as Saved;
    this.#taken = new Set(fingerprintsOf(saved.taken));
    this.#left = new Set(fingerprintsOf(saved.left));
    this.#at = new Map(Object.entries(saved.at ?? {}));
    this.#takenText = [...this.#taken].join('');
  }

  get isFull(): boolean {
    return this.#taken.size + this.#left.size + this.#at.size >= maxFiles;
  }

  stateOf(fingerprint: string): 'taken' | 'left' | 'open' {
    if (this.#left.has(fingerprint)) return 'left';
    return this.#taken.has(fingerprint) ? 'taken' : 'open';
  }

  /** Records of this file that were taken. */
  recordsOf(fingerprint: string): number {
    return this.#at.get(fingerprint) ?? 0;
  }

  take(fingerprint: string): void {
    this.#at.delete(fingerprint);
    if (this.#taken.has(fingerprint)) return;
    this.#taken.add(fingerprint);
    this.#takenText += fingerprint;
  }

  takeRecords(fingerprint: string, count: number): void {
    this.#at.set(fingerprint, count);
  }

  leave(fingerprint: string): void {
    this.forget(fingerprint);
    this.#left.add(fingerprint);
  }

  forget(fingerprint: string): void {
    this.#at.delete(fingerprint);
    if (this.#taken.delete(fingerprint)) this.#takenText = [...this.#taken].join('');
  }

  /** Makes room: forgets what is gone. Not sooner than needed, for what is gone may be a mount that comes back. */
  prune(present: ReadonlySet<string>): void {
    for (const known of [this.#left, this.#at, this.#taken]) {
      for (const fingerprint of known.keys()) if (!present.has(fingerprint)) known.delete(fingerprint);
    }
    if (this.#takenText.length !== this.#taken.size * fingerprintLength)
      this.#takenText = [...this.#taken].join('');
  }

  /** Where to go on when everything told so far is stored. */
  cursor(): JsonObject {
    return {
      ...(this.#takenText === '' ? {} : { taken: this.#takenText }),
      ...(this.#left.size === 0 ? {} : { left: [...this.#left].join('') }),
      ...(this.#at.size === 0 ? {} : { at: Object.fromEntries(this.#at) }),
    };
  }
}

function fingerprintsOf(text = ''): readonly string[] {
  const count = Math.floor(text.length / fingerprintLength);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * fingerprintLength, (index + 1) * fingerprintLength),
  );
}
