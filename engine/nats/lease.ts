// A lease by compare-and-set on a bucket entry: held while renewed, taken over when the entry stood still for its time to live.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { pause } from '../runtime/pause.ts';
import type { Bucket, Lease } from '../runtime/ports.ts';

/** What stands in the bucket. Only the revision decides; the rest is for people. */
interface LeaseEntry {
  readonly holder: string;
  readonly renewals: number;
}

/**
 * Resolves once the lease is held. No clock is compared between machines: a challenger takes over when it saw the same revision
 * for `ttlMs` of its own time, and a holder gives up earlier than that when it cannot renew.
 */
export async function acquireLease(
  bucket: Bucket,
  name: string,
  holder: string,
  ttlMs: number,
  signal: AbortSignal,
): Promise<Lease> {
  let seen: { readonly revision: number; readonly atMs: number } | undefined;
  while (!signal.aborted) {
    const entry = await bucket.get(name);
    const now = performance.now();
    if (entry === undefined) {
      if (await bucket.put(name, { holder, renewals: 0 } satisfies LeaseEntry, 0))
        return new HeldLease(bucket, name, holder, ttlMs);
    } else if (seen?.revision !== entry.revision) {
      seen = { revision: entry.revision, atMs: now };
    } else if (now - seen.atMs >= ttlMs) {
      if (await bucket.put(name, { holder, renewals: 0 } satisfies LeaseEntry, entry.revision))
        return new HeldLease(bucket, name, holder, ttlMs);
    }
    await pause(ttlMs / 5, signal);
  }
  throw new VrskyError('VRS8106', `stopped while waiting for the lease ${name}`, { retryable: true });
}

class HeldLease implements Lease {
  readonly #bucket: Bucket;
  readonly #name: string;
  readonly #holder: string;
  readonly #ttlMs: number;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  #renewedAtMs = performance.now();

  constructor(bucket: Bucket, name: string, holder: string, ttlMs: number) {
    this.#bucket = bucket;
    this.#name = name;
    this.#holder = holder;
    this.#ttlMs = ttlMs;
    void this.#keep();
  }

  /** Who asks right after the process was frozen must not be told what was true before: the timers that find out come in any order. */
  get lost(): AbortSignal {
    if (this.#isOutOfDate()) this.#lost.abort();
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#released.abort();
    // Also when it was given up for want of a server: whoever is next need not wait for its time to run out.
    const entry = await this.#bucket.get(this.#name).catch(() => undefined);
    if (entry === undefined || !this.#isMine(entry.value)) return;
    await this.#bucket.delete(this.#name, entry.revision).catch(() => undefined);
  }

  async #keep(): Promise<void> {
    for (let renewals = 1; !this.#released.signal.aborted; renewals++) {
      await pause(this.#ttlMs / 4, this.#released.signal);
      if (this.#released.signal.aborted) return;
      if (!(await this.#renew(renewals))) {
        this.#lost.abort();
        return;
      }
    }
  }

  /** False when the lease is somebody else's, or may soon be. */
  async #renew(renewals: number): Promise<boolean> {
    if (this.#isOutOfDate()) return false;
    try {
      const entry = await this.#bucket.get(this.#name);
      if (!this.#isMine(entry?.value)) return false;
      const renewed = await this.#bucket.put(
        this.#name,
        { holder: this.#holder, renewals },
        entry?.revision ?? 0,
      );
      if (renewed) this.#renewedAtMs = performance.now();
      return renewed;
    } catch {
      return performance.now() - this.#renewedAtMs < this.#ttlMs * 0.6;
    }
  }

  /** Frozen (SIGSTOP, a suspended laptop) for too long: somebody may hold it already. */
  #isOutOfDate(): boolean {
    return performance.now() - this.#renewedAtMs > this.#ttlMs * 0.8;
  }

  #isMine(value: unknown): boolean {
    return (value as LeaseEntry | undefined)?.holder === this.#holder;
  }
}
