// Files that were taken and stay where they are: kept in the cursor, so that a restart does not take them again.
import type { JsonValue } from '../../../engine/connector/index.ts';
import type { FoundFile } from './scan.ts';

/** A cursor is one bucket entry: the oldest names go first when there are too many. */
const maxRemembered = 10_000;

export class TakenFiles {
  readonly #fingerprints: Map<string, string>;
  readonly #offered = new Map<string, string>();

  constructor(cursor: JsonValue | undefined) {
    const taken =
      (cursor as { readonly taken?: Readonly<Record<string, string>> } | null | undefined)?.taken ?? {};
    this.#fingerprints = new Map(Object.entries(taken));
  }

  has({ name, fingerprint }: FoundFile): boolean {
    return this.#fingerprints.get(name) === fingerprint;
  }

  add({ name, fingerprint }: FoundFile): void {
    this.#offered.delete(name);
    this.#fingerprints.delete(name);
    this.#fingerprints.set(name, fingerprint);
  }

  /** It was offered and refused: it will be offered again. */
  forget({ name }: FoundFile): void {
    this.#offered.delete(name);
  }

  /** The cursor to keep once `file`, and everything offered before it, is stored. */
  cursorWith({ name, fingerprint }: FoundFile): JsonValue {
    this.#offered.set(name, fingerprint);
    const all = [...this.#fingerprints, ...this.#offered].slice(-maxRemembered);
    return { taken: Object.fromEntries(all) };
  }
}
