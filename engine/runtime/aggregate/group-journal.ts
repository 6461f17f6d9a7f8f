// Remembers which messages belong to groups already stored, until their acknowledgements have surely arrived.
import type { StoredPlace } from '../delivery-memory.ts';
import type { Bucket } from '../ports.ts';

/** Acknowledgements follow at once; what was recorded longer ago than this was seen by the server. */
const keptMs = 10_000;

interface Recorded {
  readonly places: readonly StoredPlace[];
  readonly atMs: number;
}

/** One per lane of an aggregate stage. A group whose result is stored must not be formed again from what a crash left of it. */
export class GroupJournal {
  readonly #bucket: () => Promise<Bucket>;
  readonly #key: string;
  #groups: Recorded[] = [];
  #running: Promise<void> = Promise.resolve();
  /** The write that has not begun yet: everything recorded until then shares it. */
  #next: Promise<void> | undefined;

  constructor(bucket: () => Promise<Bucket>, key: string) {
    this.#bucket = bucket;
    this.#key = key;
  }

  /** Messages that only need acknowledging. */
  async load(): Promise<readonly StoredPlace[]> {
    const entry = await (await this.#bucket()).get(this.#key);
    return Array.isArray(entry?.value) ? entry.value.filter(isPlace) : [];
  }

  /** Resolves once it is written. */
  record(places: readonly StoredPlace[], nowMs: number): Promise<void> {
    this.#groups = [...this.#groups.filter(({ atMs }) => nowMs - atMs < keptMs), { places, atMs: nowMs }];
    if (this.#next === undefined) {
      const next = this.#running.then(() => {
        this.#next = undefined;
        return this.#write();
      });
      this.#next = next;
      this.#running = next.catch(() => undefined);
    }
    return this.#next;
  }

  async #write(): Promise<void> {
    const bucket = await this.#bucket();
    await bucket.put(
      this.#key,
      this.#groups.flatMap((group) => group.places),
    );
  }
}

function isPlace(value: unknown): value is StoredPlace {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
