// One item on offer, and the count of those on offer and not settled.
import type { Delivery, JsonValue, NackCause, Payload } from '../../engine/connector/index.ts';
import type { Item } from './items.ts';

export interface Offer {
  readonly item: Item;
  readonly id: string;
  readonly cursor: JsonValue;
}

/** Follows what becomes of the deliveries of one poll. */
export class Settlement {
  #open = 0;
  #waiting: (() => void) | undefined;
  /** Not stored, to be offered again. */
  #again: Offer[] = [];
  #retryAfterMs = 0;

  opened(): void {
    this.#open++;
  }

  closed(again: Offer | undefined, retryAfterMs = 0): void {
    this.#open--;
    if (again !== undefined) this.#again.push(again);
    this.#retryAfterMs = Math.max(this.#retryAfterMs, retryAfterMs);
    if (this.#open === 0) this.#waiting?.();
  }

  /** Resolves when nothing is open: with what is to be offered again, and when. */
  async all(): Promise<{ readonly again: readonly Offer[]; readonly retryAfterMs: number }> {
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    const result = { again: this.#again, retryAfterMs: this.#retryAfterMs };
    this.#again = [];
    this.#retryAfterMs = 0;
    return result;
  }
}

export class PollDelivery implements Delivery {
  readonly payload: Payload;
  readonly id: string;
  readonly key?: string;
  readonly cursor: JsonValue;
  readonly #offer: Offer;
  readonly #settlement: Settlement;
  readonly #onRefused: (message: string) => void;

  constructor(offer: Offer, settlement: Settlement, onRefused: (message: string) => void) {
    this.payload = offer.item.payload;
    this.id = offer.id;
    if (offer.item.key !== undefined) this.key = offer.item.key;
    this.cursor = offer.cursor;
    this.#offer = offer;
    this.#settlement = settlement;
    this.#onRefused = onRefused;
    settlement.opened();
  }

  ack(): void {
    this.#settlement.closed(undefined);
  }

  /** Refused means that it can never be stored: it is reported and left out, the rest goes on. */
  nack(cause: NackCause): void {
    if (cause.kind === 'refused') {
      this.#onRefused(cause.message);
      this.#settlement.closed(undefined);
    } else this.#settlement.closed(this.#offer, cause.retryAfterMs);
  }
}
