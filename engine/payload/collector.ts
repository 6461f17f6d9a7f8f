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

/** One per tenant at a time, under a lease. */
export class PayloadCollector {
  readonly #parts: CollectorParts;
  readonly #entries = new Map<string, HolderEntry>();
  /** Since when an object has been free, by our own clock. */
  readonly #freeSince = new Map<string, number>();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** An entry of the holders' bucket as it is now; undefined when it is gone. */
  observe(key: string, value: unknown): void {
    const entry = entryOf(value);
    if (entry === undefined) this.#entries.delete(key);
    else this.#entries.set(key, entry);
    if (entry === undefined || !isFree(entry)) this.#freeSince.delete(key);
    else if (!this.#freeSince.has(key)) this.#freeSince.set(key, this.#parts.now());
  }

  /** Deletes what has been free for long enough. Throws VRS8503. */
  async collectFree(): Promise<SweepReport> {
    const due = this.#parts.now() - freeForMs;
    let report: SweepReport = { objects: 0, bytes: 0 };
    for (const [key, since] of [...this.#freeSince]) {
      const entry = this.#entries.get(key);
      if (since > due || entry === undefined) continue;
      if (await this.#delete(key, entry.store, isFree)) report = plus(report, entry.size);
    }
    return report;
  }

  /**
   * Deletes what has expired, but for dead letters and what may still be waiting in its flow; then what uploads left unfinished, and
   * entries whose objects are gone. Throws VRS8503.
   */
  async sweepExpired(): Promise<SweepReport> {
    let report: SweepReport = { objects: 0, bytes: 0 };
    for (const [name, store] of this.#parts.stores) {
      for await (const { key, size } of store.list())
        if (await this.#sweep(key, name)) report = plus(report, size);
      await store.abandonUploads(this.#parts.now() - unfinishedMs);
    }
    for (const [key, entry] of [...this.#entries]) await this.#sweep(key, entry.store);
    return report;
  }

  async #sweep(key: string, store: string): Promise<boolean> {
    const entry = this.#entries.get(key);
    const expiresAt = Math.max(expiryOf(key) ?? Number.POSITIVE_INFINITY, entry?.expiresAt ?? 0);
    if (expiresAt > this.#parts.now()) return false;
    const isHeld = entry !== undefined && !isFree(entry);
    if (isHeld && (entry.dead.length > 0 || (await this.#isWaiting(key, expiresAt)))) return false;
    return this.#delete(key, store, (now) => now.dead.length === 0 && now.expiresAt <= expiresAt);
  }

  #isWaiting(key: string, expiresAt: number): Promise<boolean> {
    return this.#parts.isWaiting(key.slice(0, key.indexOf('/')), expiresAt);
  }

  /** The holders first: from then on nobody begins with the object. */
  async #delete(key: string, name: string, isDue: (entry: HolderEntry) => boolean): Promise<boolean> {
    const store = this.#parts.stores.get(name);
    if (store === undefined || !(await this.#parts.holders.collect(key, isDue))) return false;
    await store.delete(key);
    await this.#parts.holders.forget(key);
    this.observe(key, undefined);
    return true;
  }
}

function plus({ objects, bytes }: SweepReport, size: number): SweepReport {
  return { objects: objects + 1, bytes: bytes + size };
}
