// Deletes objects that nobody needs any more: soon after their last delivery, and whatever a crash left behind once it has expired.
import { entryOf, type HolderEntry, isFree, type PayloadHolders } from './holders.ts';
import { expiryOf } from './object-key.ts';
import type { PayloadStore } from './payload-store.ts';

/** An object that nobody holds goes after this long: an acknowledgement may have been lost, and its message comes again. */
const freeForMs = 20_000;
/** Uploads that a crash cut short. */
const unfinishedMs = 3_600_000;

export interface CollectorParts {
  readonly stores: ReadonlyMap<string, PayloadStore>;
  readonly holders: PayloadHolders;
  /** Whether a message of the flow that was stored before this time (milliseconds since the epoch) is still in transit. */
  readonly isWaiting: (flow: string, storedBefore: number) => Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a sweep deleted. */
export interface SweepReport {
  readonly objects: number;
  readonly bytes: number;
}

/** An entry as it was last seen. */
interface Seen {
  readonly entry: HolderEntry;
  readonly revision: number;
}

/** Something to be deleted if it still `isDue` when its entry says so. */
interface Due {
  readonly key: string;
  readonly size: number;
  readonly store: string;
  readonly isDue: (entry: HolderEntry) => boolean;
}

/** Deleted together at most; S3 takes so many in one request. */
const togetherObjects = 1000;
/** Requests under way at once. */
const atOnce = 16;

/** One per tenant at a time, under a lease. */
export class PayloadCollector {
  readonly #parts: CollectorParts;
  readonly #entries = new Map<string, Seen>();
  /** Since when an object has been free, by our own clock. */
  readonly #freeSince = new Map<string, number>();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** An entry of the holders' bucket as it is now; undefined when it is gone. */
  observe(key: string, value: unknown, revision: number): void {
    const entry = entryOf(value);
    if (entry === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { entry, revision });
    if (entry === undefined || !isFree(entry)) this.#freeSince.delete(key);
    else if (!this.#freeSince.has(key)) this.#freeSince.set(key, this.#parts.now());
  }

  /** Deletes what has been free for long enough. Throws VRS8503. */
  async collectFree(): Promise<SweepReport> {
    const due = this.#parts.now() - freeForMs;
    const free = [...this.#freeSince].flatMap(([key, since]): readonly Due[] => {
      const entry = this.#entries.get(key)?.entry;
      if (since > due || entry === undefined) return [];
      return [{ key, size: entry.size, store: entry.store, isDue: isFree }];
    });
    let report = nothing;
    for (const [name, own] of Map.groupBy(free, ({ store }) => store))
      for (let from = 0; from < own.length; from += togetherObjects)
        report = plus(report, await this.#delete(own.slice(from, from + togetherObjects), name));
    return report;
  }

  /**
   * Deletes what has expired, but for dead letters and what may still be waiting in its flow; then what uploads left unfinished, and
   * entries whose objects are gone. Throws VRS8503.
   */
  async sweepExpired(): Promise<SweepReport> {
    let report = nothing;
    for (const [name, store] of this.#parts.stores) {
      for await (const { key, size } of store.list())
        report = plus(report, await this.#sweep(key, size, name));
      await store.abandonUploads(this.#parts.now() - unfinishedMs);
    }
    for (const [key, { entry }] of [...this.#entries]) await this.#sweep(key, entry.size, entry.store);
    return report;
  }

  async #sweep(key: string, size: number, store: string): Promise<SweepReport> {
    const entry = this.#entries.get(key)?.entry;
    const expiresAt = Math.max(expiryOf(key) ?? Number.POSITIVE_INFINITY, entry?.expiresAt ?? 0);
    if (expiresAt > this.#parts.now()) return nothing;
    const isHeld = entry !== undefined && !isFree(entry);
    if (isHeld && (entry.dead.length > 0 || (await this.#isWaiting(key, expiresAt)))) return nothing;
    const isDue = (now: HolderEntry) => now.dead.length === 0 && now.expiresAt <= expiresAt;
    return this.#delete([{ key, size, store, isDue }], store);
  }

  #isWaiting(key: string, expiresAt: number): Promise<boolean> {
    return this.#parts.isWaiting(key.slice(0, key.indexOf('/')), expiresAt);
  }

  /** The holders first: from then on nobody begins with the objects. What one of them fails with is thrown once the others are through. */
  async #delete(due: readonly Due[], name: string): Promise<SweepReport> {
    const { holders, stores } = this.#parts;
    const store = stores.get(name);
    if (store === undefined) return nothing;
    const gone: Due[] = [];
    const marked = await someAtOnce(due, async (one) => {
      if (await holders.collect(one.key, one.isDue, this.#seen(one.key))) gone.push(one);
    });
    await deleteAll(
      store,
      gone.map(({ key }) => key),
    );
    const forgotten = await someAtOnce(gone, async ({ key }) => {
      await holders.forget(key);
      this.#entries.delete(key);
      this.#freeSince.delete(key);
    });
    throwFirst([...marked, ...forgotten]);
    return { objects: gone.length, bytes: gone.reduce((sum, { size }) => sum + size, 0) };
  }

  #seen(key: string): { readonly value: unknown; readonly revision: number } | undefined {
    const seen = this.#entries.get(key);
    return seen === undefined ? undefined : { value: seen.entry, revision: seen.revision };
  }
}

const nothing: SweepReport = { objects: 0, bytes: 0 };

function plus(one: SweepReport, other: SweepReport): SweepReport {
  return { objects: one.objects + other.objects, bytes: one.bytes + other.bytes };
}

async function deleteAll(store: PayloadStore, keys: readonly string[]): Promise<void> {
  if (keys.length > 1 && store.deleteMany !== undefined) await store.deleteMany(keys);
  else throwFirst(await someAtOnce(keys, (key) => store.delete(key)));
}

/** Answers what went wrong. */
async function someAtOnce<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  const left = items.values();
  const take = async () => {
    for (const item of left) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return failures;
}

function throwFirst(failures: readonly unknown[]): void {
  if (failures.length > 0) throw failures[0];
}
