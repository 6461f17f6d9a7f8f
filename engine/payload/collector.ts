// Deletes objects that nobody needs any more: those that are written down soon after their last delivery, and whatever a crash left behind once it
// has expired.
import { deleteObjects, slices, someAtOnce, throwFirst, togetherObjects } from './delete-objects.ts';
import { freeForMs } from './freed-objects.ts';
import { entryOf, type HolderEntry, isFree } from './holder-note.ts';
import type { PayloadHolders } from './holders.ts';
import { expiryOf } from './object-key.ts';
import type { PayloadStore } from './payload-store.ts';

/** Uploads that a crash cut short. */
const unfinishedMs = 3_600_000;

export interface CollectorParts {
  readonly stores: ReadonlyMap<string, PayloadStore>;
  readonly holders: PayloadHolders;
  /** When the oldest message of the flow that is still in transit was stored (milliseconds since the epoch); undefined when there is none. */
  readonly oldestWaiting: (flow: string) => Promise<number | undefined>;
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

/** One per tenant at a time, under a lease. */
export class PayloadCollector {
  readonly #parts: CollectorParts;
  readonly #entries = new Map<string, Seen>();
  /** Since when an object has been free, by our own clock. */
  readonly #freeSince = new Map<string, number>();
  /** By flow: asked for once a sweep. What came since is younger than anything that had expired. */
  readonly #oldest = new Map<string, Promise<number | undefined>>();

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
      for (const some of slices(own, togetherObjects)) report = plus(report, await this.#delete(some, name));
    return report;
  }

  /**
   * Deletes what has expired, but for dead letters and what may still be waiting in its flow; then what uploads left unfinished, and
   * entries whose objects are gone. Throws VRS8503.
   */
  async sweepExpired(): Promise<SweepReport> {
    let report = nothing;
    this.#oldest.clear();
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
    // Of what is needed by the message alone that it was stored for, nothing is written down.
    const isHeld = entry === undefined || !isFree(entry);
    if ((entry?.dead.length ?? 0) > 0 || (isHeld && (await this.#isWaiting(key, expiresAt)))) return nothing;
    const isDue = (now: HolderEntry) => now.dead.length === 0 && now.expiresAt <= expiresAt;
    return this.#delete([{ key, size, store, isDue }], store);
  }

  async #isWaiting(key: string, expiresAt: number): Promise<boolean> {
    const flow = key.slice(0, key.indexOf('/'));
    const known = this.#oldest.get(flow);
    const asked = known ?? this.#parts.oldestWaiting(flow);
    if (known === undefined) this.#oldest.set(flow, asked);
    return ((await asked) ?? Number.POSITIVE_INFINITY) < expiresAt;
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
    await deleteObjects(
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
