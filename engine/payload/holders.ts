// Who still needs an object: kept per object in a bucket, so that it is deleted after its last delivery and never before.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { PayloadReference } from './reference.ts';

/** The part of a durable bucket that is needed here. With `revision` (0 = must not exist) `put` compares and sets. */
export interface HolderBucket {
  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  put(key: string, value: unknown, revision?: number): Promise<boolean>;
  delete(key: string): Promise<void>;
}

/** What stands in the bucket under an object's key. A holder is the message id under which a message with the reference is stored. */
export interface HolderEntry {
  readonly store: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch; later than the key says when a delivery went on for longer. */
  readonly expiresAt: number;
  /** Messages in transit. */
  readonly holders: readonly string[];
  /** Dead letters: they keep the object however old it gets. */
  readonly dead: readonly string[];
  /** Those that are through. A retry that publishes the same message once more adds no holder: JetStream drops the repetition. */
  readonly released: readonly string[];
  /** By holder: who is using what may be used once, and until when (milliseconds since the epoch) nobody else may. */
  readonly claims?: Readonly<Record<string, { readonly by: string; readonly until: number }>>;
  /** The object is being deleted: nobody may hold it any more. */
  readonly collecting?: true;
}

/** Answers the entry as it is to be; called again when somebody else was faster. */
export type Change = (entry: HolderEntry | undefined) => HolderEntry | undefined;
type Found = Awaited<ReturnType<HolderBucket['get']>>;

/** Entries that were read for a delivery and not changed, at most. */
const maxKnown = 1000;

/** Every method throws VRS8503 (retryable) when the bucket cannot be used. */
export class PayloadHolders {
  readonly #open: () => Promise<HolderBucket>;
  #bucket: Promise<HolderBucket> | undefined;
  /** As last read: whoever ends what it began need not read again. A revision that is no longer the last one is noticed when writing. */
  readonly #known = new Map<string, Found>();

  /** `open` is called when first needed, and again after it failed. */
  constructor(open: () => Promise<HolderBucket>) {
    this.#open = open;
  }

  /** A new object with its first holders. */
  async register(reference: PayloadReference, holders: readonly string[]): Promise<void> {
    const { store, size, expiresAt } = reference;
    const change: Change = (entry) =>
      entry === undefined
        ? { store, size, expiresAt, holders, dead: [], released: [] }
        : withHolders(entry, holders);
    // Nobody has used its key before.
    await this.#change(reference.key, change, { found: undefined });
  }

  /** Another message with the reference is about to be stored. */
  async add(key: string, holder: string): Promise<void> {
    await this.#change(key, (entry) => {
      if (entry === undefined || entry.released.includes(holder)) return entry;
      return withHolders(entry, [holder]);
    });
  }

  /**
   * A holder begins with its delivery: it counts again even when it was through or dead before (a lost acknowledgement, a retried dead
   * letter), and the object is kept until `expiresAt` at least.
   */
  async resume(key: string, holder: string, expiresAt: number): Promise<void> {
    await this.#change(key, (entry) => {
      if (entry === undefined || entry.collecting === true) return entry;
      const isHeld = entry.holders.includes(holder) && entry.expiresAt >= expiresAt;
      return isHeld
        ? entry
        : {
            ...withHolders(entry, [holder]),
            expiresAt: Math.max(entry.expiresAt, expiresAt),
            dead: without(entry.dead, holder),
            released: without(entry.released, holder),
          };
    });
  }

  /** A holder is through. */
  async release(key: string, holder: string): Promise<void> {
    await this.#change(
      key,
      (entry) => {
        if (entry === undefined) return entry;
        const { holders, dead, released } = entry;
        if (!holders.includes(holder) && !dead.includes(holder)) return entry;
        return {
          ...entry,
          holders: without(holders, holder),
          dead: without(dead, holder),
          released: [...without(released, holder), holder],
        };
      },
      this.#guess(key),
    );
  }

  /** A holder became a dead letter. */
  async bury(key: string, holder: string): Promise<void> {
    await this.#change(key, (entry) => {
      if (entry === undefined || entry.dead.includes(holder)) return entry;
      return { ...entry, holders: without(entry.holders, holder), dead: [...entry.dead, holder] };
    });
  }

  /** Marks the object for deletion if `isDue` still says so; answers whether it may be deleted now. */
  async collect(key: string, isDue: (entry: HolderEntry) => boolean): Promise<boolean> {
    let due = false;
    await this.#change(key, (entry) => {
      due = entry === undefined || isDue(entry);
      return entry === undefined || !due ? entry : { ...entry, collecting: true };
    });
    return due;
  }

  /** Compares and sets; an entry returned unchanged, or none, is not written. */
  async change(key: string, change: Change): Promise<void> {
    await this.#change(key, change);
  }

  async forget(key: string): Promise<void> {
    await this.#use((bucket) => bucket.delete(key));
  }

  async find(key: string): Promise<HolderEntry | undefined> {
    return this.#use(async (bucket) => entryOf((await bucket.get(key))?.value));
  }

  /** Compare and set until nobody was faster; an entry returned unchanged is not written. `guess` is what may stand there. */
  async #change(key: string, change: Change, guess?: { readonly found: Found }): Promise<void> {
    await this.#use(async (bucket) => {
      let isRead = guess === undefined;
      let { found } = guess ?? { found: await bucket.get(key) };
      for (;;) {
        const entry = entryOf(found?.value);
        const changed = change(entry);
        const isSame = changed === undefined || changed === entry;
        if (isSame && isRead) return this.#remember(key, found);
        this.#known.delete(key);
        if (!isSame && (await bucket.put(key, changed, found?.revision ?? 0))) return;
        found = await bucket.get(key);
        isRead = true;
      }
    });
  }

  #guess(key: string): { readonly found: Found } | undefined {
    return this.#known.has(key) ? { found: this.#known.get(key) } : undefined;
  }

  #remember(key: string, found: Found): void {
    this.#known.delete(key);
    this.#known.set(key, found);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  async #use<T>(work: (bucket: HolderBucket) => Promise<T>): Promise<T> {
    try {
      this.#bucket ??= this.#open();
      return await work(await this.#bucket);
    } catch (error) {
      this.#bucket = undefined;
      const why = error instanceof Error ? error.message : String(error);
      throw new VrskyError('VRS8503', `who needs which payload cannot be read or written: ${why}`, {
        retryable: true,
        help: 'If flows were applied by an older version, apply them again.',
        cause: error,
      });
    }
  }
}

/** Whether no message and no dead letter needs the object. */
export function isFree(entry: HolderEntry): boolean {
  return entry.holders.length === 0 && entry.dead.length === 0;
}

/** Narrows a bucket entry; undefined for what is none of ours. */
export function entryOf(value: unknown): HolderEntry | undefined {
  const entry = value as Partial<HolderEntry> | null | undefined;
  return Array.isArray(entry?.holders) && Array.isArray(entry.dead) && Array.isArray(entry.released)
    ? (entry as HolderEntry)
    : undefined;
}

/** The entry without the claim on that holder. */
export function withoutClaim(entry: HolderEntry, holder: string): HolderEntry {
  if (entry.claims?.[holder] === undefined) return entry;
  const { [holder]: _, ...claims } = entry.claims;
  return { ...entry, claims };
}

function withHolders(entry: HolderEntry, added: readonly string[]): HolderEntry {
  const holders = [...new Set([...entry.holders, ...added])];
  return holders.length === entry.holders.length ? entry : { ...entry, holders };
}

function without(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list.filter((one) => one !== item) : list;
}
