// Who is using a link: one download at a time over all workers of the tenant, by compare and set in the bucket of holders.
import { randomUUID } from 'node:crypto';
import { withoutClaim } from '../holder-note.ts';
import type { PayloadHolders } from '../holders.ts';
import type { PayloadLink } from './link-token.ts';

/** A worker that crashes leaves its links to others after this long; the clocks of workers may differ by less. */
const claimMs = 60_000;
const renewMs = 15_000;

/** `used`: nobody gets it any more. `in use`: somebody is getting it now. */
export type ClaimRefusal = 'used' | 'in use';

export interface ClaimOptions {
  readonly holders: PayloadHolders;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class LinkClaim {
  readonly #link: PayloadLink;
  readonly #options: ClaimOptions;
  readonly #by = randomUUID();
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  private constructor(link: PayloadLink, options: ClaimOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** Whoever gets the claim must {@link use} it up or {@link drop} it. Rejects with VRS8503. */
  static async take(link: PayloadLink, options: ClaimOptions): Promise<LinkClaim | ClaimRefusal> {
    const claim = new LinkClaim(link, options);
    const refusal = await claim.#write();
    if (refusal !== undefined) return refusal;
    claim.#timer = setInterval(() => claim.#renew(), renewMs);
    claim.#timer.unref();
    return claim;
  }

  /** Aborts when somebody else may have taken over: the bucket could not be written for too long. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The download came to its end: the link works no more. Rejects with VRS8503. */
  async use(): Promise<void> {
    clearInterval(this.#timer);
    await this.#options.holders.release(this.#link.reference, this.#link.holder);
  }

  /** It broke off: anybody may try again. */
  async drop(): Promise<void> {
    clearInterval(this.#timer);
    const { reference, holder } = this.#link;
    await this.#options.holders.change(reference.key, (entry) =>
      entry?.claims?.[holder]?.by === this.#by ? withoutClaim(entry, holder) : entry,
    );
  }

  async #write(): Promise<ClaimRefusal | undefined> {
    const { reference, holder } = this.#link;
    let refusal: ClaimRefusal | undefined;
    await this.#options.holders.change(reference.key, (entry) => {
      const now = this.#options.now();
      refusal = undefined;
      if (entry?.collecting === true || entry?.holders.includes(holder) !== true) refusal = 'used';
      const other = entry?.claims?.[holder];
      if (other !== undefined && other.by !== this.#by && other.until > now) refusal ??= 'in use';
      if (entry === undefined || refusal !== undefined) return entry;
      return { ...entry, claims: { ...entry.claims, [holder]: { by: this.#by, until: now + claimMs } } };
    });
    return refusal;
  }

  #renew(): void {
    this.#write().then(
      (refusal) => {
        if (refusal !== undefined) this.#lost.abort();
      },
      () => this.#lost.abort(),
    );
  }
}
