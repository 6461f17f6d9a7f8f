// Who still needs an object: known of those that only the message they were stored with needs, written down in a bucket of all others.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import {
  entryOf,
  type HeldObject,
  type HolderEntry,
  isFree,
  noteOf,
  withHolders,
  without,
} from './holder-note.ts';
import { LoneObjects, sureMs } from './lone-objects.ts';

/** The part of a durable bucket that is needed here. */
export interface HolderBucket {
  get(key: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  /** Compares (0 = must not exist) and sets; answers the new revision, undefined when somebody else was faster. */
  swap(key: string, value: unknown, revision: number): Promise<number | undefined>;
  delete(key: string): Promise<void>;
  /** Those of so many keys that are there. */
  existing(keys: readonly string[]): Promise<ReadonlySet<string>>;
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

/** Of an object of which nothing is written down, as far as we know. */
const unwritten: Guess = { found: undefined, isSure: false };

interface ResumeOptions {
  /** JetStream has not handed out the message before. */
  readonly isFirst?: boolean;
  /** What is delivered, when the holder is none of the messages itself. */
  readonly parent?: string | undefined;
}

/** Entries that were read or written for a delivery, at most. */
const maxKnown = 2000;
/** Every method throws VRS8503 (retryable) when the bucket cannot be used. */
export class PayloadHolders {
  readonly #open: () => Promise<HolderBucket>;
  #bucket: Promise<HolderBucket> | undefined;
  /** As last read or written: whoever goes on need not read again. A revision that is no longer the last one is noticed when writing. */
  readonly #known = new Map<string, Known>();

  /** Of these nothing stands in the bucket. */
  readonly lone: LoneObjects;
  readonly #steady: () => number;

  /** `open` is called when first needed, and again after it failed. `steady`: milliseconds that never go back. */
  constructor(open: () => Promise<HolderBucket>, steady: () => number = () => performance.now()) {
    this.#open = open;
    this.#steady = steady;
    this.lone = new LoneObjects(steady);
  }

  /** A new object with its first holders. */
  async register(object: HeldObject, holders: readonly string[]): Promise<void> {
    const change: Change = (entry) =>
      entry === undefined ? noteOf(object, { holders }) : withHolders(entry, holders);
    // Nobody has used its key before.
    await this.#change(object.key, change, unwritten);
  }

  /** Another message with the reference is about to be stored, while `parent` is being delivered. */
  async add(object: HeldObject, holder: string, parent?: string): Promise<void> {
    const change: Change = (entry) => {
      if (entry === undefined) return noteOf(object, { holders: both(parent, holder) });
      return entry.released.includes(holder) ? entry : withHolders(entry, [holder]);
    };
    await this.#change(object.key, change, this.lone.drop(object.key) ? unwritten : undefined);
  }

  /**
   * A holder begins with its delivery: it counts again even when it was through or dead before (a lost acknowledgement, a retried dead
   * letter), and the object is kept until `expiresAt` at least.
   */
  async resume(
    object: HeldObject,
    holder: string,
    expiresAt: number,
    { isFirst = false, parent }: ResumeOptions = {},
  ): Promise<void> {
    const { key } = object;
    if (isFirst && this.lone.isSure(key, expiresAt)) return;
    this.lone.drop(key);
    const change: Change = (entry) => {
      if (entry === undefined) {
        const holders = both(parent, holder);
        return noteOf(object, { holders, expiresAt: Math.max(object.expiresAt, expiresAt) });
      }
      if (entry.collecting === true) return entry;
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
  async release(object: HeldObject, holder: string): Promise<void> {
    const { key } = object;
    if (this.lone.free(key, holder)) return;
    await this.#change(
      key,
      (entry) => {
        if (entry === undefined) return noteOf(object, { released: [holder] });
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
  async bury(object: HeldObject, holder: string): Promise<void> {
    const change: Change = (entry) => {
      if (entry === undefined) return noteOf(object, { dead: [holder] });
      if (entry.dead.includes(holder)) return entry;
      return { ...entry, holders: without(entry.holders, holder), dead: [...entry.dead, holder] };
    };
    await this.#change(object.key, change, this.lone.drop(object.key) ? unwritten : undefined);
  }

  /** Writes down that nobody needs the object, unless something is written down already. */
  async noteFree(object: HeldObject, holder: string): Promise<void> {
    const change: Change = (entry) => entry ?? noteOf(object, { released: [holder] });
    await this.#change(object.key, change, unwritten);
  }

  /** Those of so many objects of which something is written down. */
  async noted(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#use((bucket) => bucket.existing(keys));
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
    return { found: known.found, isSure: this.#steady() - known.sinceMs < sureMs };
  }

  #remember(key: string, found: Found): Found {
    this.#known.delete(key);
    const entry = entryOf(found?.value);
    // Nobody here goes on with what nobody holds.
    if (entry === undefined || isFree(entry)) return found;
    this.#known.set(key, { found, sinceMs: this.#steady() });
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

function both(parent: string | undefined, holder: string): readonly string[] {
  return parent === undefined || parent === holder ? [holder] : [parent, holder];
}
