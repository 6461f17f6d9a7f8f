// Who still needs an object: kept per object in a bucket, so that it is deleted after its last delivery and never before.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { PayloadReference } from './reference.ts';

/** The part of a durable bucket that is needed here. */
export interface HolderBucket {
  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  /** Compares (0 = must not exist) and sets; answers the new revision, undefined when somebody else was faster. */
  swap(key: string, value: unknown, revision: number): Promise<number | undefined>;
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

interface Known {
  readonly found: Found;
  /** By the steady clock. */
  readonly sinceMs: number;
}

/** What may stand in the bucket. `isSure`: what leaves it as it is need not look. */
interface Guess {
  readonly found: Found;
  readonly isSure: boolean;
}

/** Entries that were read or written for a delivery, at most. */
const maxKnown = 2000;
/**
 * Less than messages with the same id are dropped for: until then a message that comes for the first time is the only one of its id, and nobody
 * can have released what we wrote down for it.
 */
const sureMs = 60_000;

/** Every method throws VRS8503 (retryable) when the bucket cannot be used. */
export class PayloadHolders {
  readonly #open: () => Promise<HolderBucket>;
  #bucket: Promise<HolderBucket> | undefined;
  /** As last read or written: whoever goes on need not read again. A revision that is no longer the last one is noticed when writing. */
  readonly #known = new Map<string, Known>();

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
    await this.#change(reference.key, change, { found: undefined, isSure: false });
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
   * letter), and the object is kept until `expiresAt` at least. `isFirst`: JetStream has not handed out its message before.
   */
  async resume(key: string, holder: string, expiresAt: number, isFirst = false): Promise<void> {
    const change: Change = (entry) => {
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
    };
    await this.#change(key, change, isFirst ? this.#guess(key) : undefined);
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
      this.#known.has(key) ? { found: this.#known.get(key)?.found, isSure: false } : undefined,
    );
  }

  /** A holder became a dead letter. */
  async bury(key: string, holder: string): Promise<void> {
    await this.#change(key, (entry) => {
      if (entry === undefined || entry.dead.includes(holder)) return entry;
      return { ...entry, holders: without(entry.holders, holder), dead: [...entry.dead, holder] };
    });
  }

  /** Marks the object for deletion if `isDue` still says so; answers whether it may be deleted now. `seen` is what may stand there. */
  async collect(key: string, isDue: (entry: HolderEntry) => boolean, seen?: Found): Promise<boolean> {
    let due = false;
    const change: Change = (entry) => {
      due = entry === undefined || isDue(entry);
      return entry === undefined || !due ? entry : { ...entry, collecting: true };
    };
    await this.#change(key, change, seen === undefined ? undefined : { found: seen, isSure: false });
    return due;
  }

  /** Compares and sets; an entry returned unchanged, or none, is not written. */
  async change(key: string, change: Change): Promise<void> {
    await this.#change(key, change);
  }

  async forget(key: string): Promise<void> {
    this.#known.delete(key);
    await this.#use((bucket) => bucket.delete(key));
  }

  async find(key: string): Promise<HolderEntry | undefined> {
    return this.#use(async (bucket) => entryOf((await bucket.get(key))?.value));
  }

  /** Compare and set until nobody was faster; an entry returned unchanged is not written. `guess` is what may stand there. */
  async #change(key: string, change: Change, guess?: Guess): Promise<void> {
    await this.#use(async (bucket) => {
      let isSure = guess?.isSure ?? true;
      let { found } = guess ?? { found: this.#remember(key, await bucket.get(key)) };
      for (;;) {
        const entry = entryOf(found?.value);
        const changed = change(entry);
        const isSame = changed === undefined || changed === entry;
        if (isSame && isSure) return;
        const revision = isSame ? undefined : await bucket.swap(key, changed, found?.revision ?? 0);
        if (revision !== undefined) {
          this.#remember(key, { value: changed, revision });
          return;
        }
        found = this.#remember(key, await bucket.get(key));
        isSure = true;
      }
    });
  }

  #guess(key: string): Guess | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    return { found: known.found, isSure: performance.now() - known.sinceMs < sureMs };
  }

  #remember(key: string, found: Found): Found {
    this.#known.delete(key);
    const entry = entryOf(found?.value);
    // Nobody here goes on with what nobody holds.
    if (entry === undefined || isFree(entry)) return found;
    this.#known.set(key, { found, sinceMs: performance.now() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
    return found;
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
