// Accepts messages from one consumer: stores each for its stages, and only then lets the source forget it.

import { storeSubject } from '../compile/lanes.ts';
import type { ConsumerNode } from '../compile/program.ts';
import type { Delivery, JsonValue, NackCause } from '../connector/contract.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Message } from '../payload/message.ts';
import type { Clock } from './clock.ts';
import { encodeHeaders, holderHeader, isForwardable } from './envelope.ts';
import type { FlowPayloads, Packed } from './flow-payloads.ts';
import type { FlowStats } from './flow-stats.ts';
import type { KeyOf } from './lanes/order-key.ts';
import { messageFor } from './message-for.ts';
import { messageIds } from './message-ids.ts';
import { pause } from './pause.ts';
import type { Publisher } from './ports.ts';
import { Spread } from './spread.ts';

export interface IngestParts {
  readonly flow: string;
  readonly consumer: ConsumerNode;
  readonly publisher: Publisher;
  /** In ordered flows: messages with the same key are stored one after the other. */
  readonly orderKeyOf?: KeyOf;
  readonly payloads: FlowPayloads;
  readonly clock: Clock;
  readonly stats: FlowStats;
  readonly signal: AbortSignal;
  /** Nobody offers again what the iterable has taken: it is read to its end, also when the flow stops. */
  readonly isLive?: boolean;
  /** False when another worker may have taken the source over: nothing is stored then. */
  readonly isOurs?: () => boolean;
  /** Keeps the cursor of the last delivery up to which everything is accepted. */
  readonly saveCursor: (cursor: JsonValue) => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** Deliveries stored at once at most; the consumer's iterable waits beyond. */
const maxUnderWay = 1024;
const busyRetryMs = 1000;
const nextId = messageIds();

type StageTarget = ConsumerNode['stages'][number];

interface Open {
  readonly cursor: JsonValue | undefined;
  settled: boolean;
}

/** Reads the iterable to its end (or until the signal aborts) and settles every delivery. Rejects with what the iterable throws. */
export class Ingest {
  readonly #parts: IngestParts;
  /** In the order of arrival: a cursor counts once everything before it is settled too. */
  readonly #open: Open[] = [];
  /** The last store under way of each order key. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #spread: Spread<StageTarget>;
  #underWay = 0;
  #wake: (() => void) | undefined;

  constructor(parts: IngestParts) {
    this.#parts = parts;
    this.#spread = new Spread(parts.consumer.stages);
  }

  async run(deliveries: AsyncIterable<Delivery>): Promise<void> {
    try {
      for await (const delivery of deliveries) {
        this.#underWay++;
        void this.#accept(delivery).finally(() => this.#leave());
        if (this.#underWay >= maxUnderWay) await this.#changed();
        if (this.#parts.signal.aborted && this.#parts.isLive !== true) break;
      }
    } finally {
      while (this.#underWay > 0) await this.#changed();
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #leave(): void {
    this.#underWay--;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  async #accept(delivery: Delivery): Promise<void> {
    const open: Open = { cursor: delivery.cursor, settled: false };
    this.#open.push(open);
    const message = this.#messageOf(delivery);
    try {
      await (this.#parts.orderKeyOf === undefined
        ? this.#store(delivery, message)
        : this.#storeInOrder(delivery, message, this.#parts.orderKeyOf));
    } catch (error) {
      await this.#refuse(delivery, error);
      // When the flow stops, what is not stored must hold the cursor back. A stream that broke is offered again by its source.
      if (!isPassing(error)) this.#advance(open);
      else if (delivery.cursor === undefined || !this.#parts.signal.aborted) this.#forget(open);
      return;
    }
    await this.#acknowledge(delivery, message.id);
    this.#advance(open);
  }

  /** Behind everything of the same key that came before: a store that is tried again must not be overtaken. */
  async #storeInOrder(delivery: Delivery, message: Message, orderKeyOf: KeyOf): Promise<void> {
    const orderKey = await orderKeyIn(message, orderKeyOf);
    const place = orderKey ?? '';
    const before = this.#last.get(place) ?? Promise.resolve();
    const ordered = orderKey === undefined ? message : { ...message, orderKey };
    const stored = before.then(() => this.#store(delivery, ordered));
    const over = stored.catch(() => undefined);
    this.#last.set(place, over);
    void over.then(() => {
      if (this.#last.get(place) === over) this.#last.delete(place);
    });
    return stored;
  }

  async #store(delivery: Delivery, message: Message): Promise<void> {
    const { payloads } = this.#parts;
    if (!payloads.isInline(message.payload)) return this.#storeLarge(delivery, message);
    const packed = { data: message.payload.bytes(), reference: undefined };
    await this.#publishAll(delivery, message, packed);
  }

  /** The payload is stored once, however often its reference has to be published. */
  async #storeLarge(delivery: Delivery, message: Message): Promise<void> {
    const { payloads, consumer, signal } = this.#parts;
    const ids = consumer.stages.map(({ stage }) => this.#ingressId(delivery, message, stage));
    const packed = await this.#insist(delivery, () =>
      payloads.pack(message.payload, message.acceptedAt, ids, { signal }),
    );
    try {
      await this.#publishAll(delivery, message, packed);
    } catch (error) {
      await this.#abandon(packed, ids, error);
      throw error;
    }
  }

  /** Frees the object of a message that was certainly not stored; after a time-out nobody knows, and its expiry decides. */
  async #abandon({ reference }: Packed, ids: readonly string[], error: unknown): Promise<void> {
    const isCertain = error instanceof VrskyError && error.code !== 'VRS8102';
    if (reference === undefined || !isCertain || ids.length > 1) return;
    await this.#parts.payloads.release(reference, ids[0] as string).catch(() => undefined);
  }

  async #publishAll(delivery: Delivery, message: Message, packed: Packed): Promise<void> {
    const { stages } = this.#parts.consumer;
    const publish = (target: StageTarget) => this.#publish(delivery, message, packed, target);
    if (stages.length === 1) return this.#insist(delivery, () => publish(stages[0] as StageTarget));
    const left = this.#spread.begin();
    await this.#insist(
      delivery,
      () => this.#spread.store(left, publish),
      () => this.#spread.isBegun(left),
    );
  }

  async #publish(
    delivery: Delivery,
    message: Message,
    { data, reference }: Packed,
    target: StageTarget,
  ): Promise<void> {
    if (this.#parts.isOurs?.() === false)
      throw new VrskyError('VRS8106', 'another worker took over', { retryable: true });
    const id = this.#ingressId(delivery, message, target.stage);
    const holder = reference === undefined ? [] : [holderHeader(id)];
    const headers = encodeHeaders(messageFor(target.stage, target, message), holder);
    await this.#parts.publisher.publish(storeSubject(target, message.orderKey), data, headers, id);
  }

  /**
   * A source that keeps a place (a cursor) waits here while the platform is short, and any source with what is stored for some stages
   * (`isBegun`): offered again it would be stored for them twice. Others are told to come again.
   */
  async #insist<T>(
    delivery: Delivery,
    work: () => Promise<T>,
    isBegun: () => boolean = () => false,
  ): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        // What a streaming source itself throws is for the source to mend.
        const isOurs = error instanceof VrskyError && error.retryable;
        const waits = delivery.cursor !== undefined || isBegun();
        if (!waits || !isOurs || this.#parts.signal.aborted) throw error;
        this.#parts.log('warn', `waiting: ${(error as Error).message}`);
        await pause(busyRetryMs, this.#parts.signal);
      }
    }
  }

  #messageOf(delivery: Delivery): Message {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(delivery.headers ?? {})) {
      if (isForwardable(name, value)) headers[name.toLowerCase()] = value;
    }
    const payload = delivery.payload;
    return {
      id: nextId(),
      payload,
      headers,
      key: delivery.key,
      acceptedAt: this.#parts.clock.now(),
      flow: this.#parts.flow,
      attempt: 1,
    };
  }

  /** The source's own id where it has one; otherwise ours, so that a publish sent again after a lost acknowledgement is stored once. */
  #ingressId(delivery: Delivery, message: Message, stage: string): string {
    if (delivery.id === undefined) return `${message.id}/${stage}`;
    return `${this.#parts.flow}/${this.#parts.consumer.name}/${stage}/${encodeURIComponent(delivery.id)}`;
  }

  async #refuse(delivery: Delivery, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const cause: NackCause = {
      kind: isPassing(error) ? 'busy' : 'refused',
      message,
      retryAfterMs: busyRetryMs,
    };
    this.#parts.log('warn', `not accepted (${cause.kind}): ${message}`);
    try {
      await delivery.nack(cause);
    } catch (failed) {
      this.#parts.log('error', `nack failed: ${String(failed)}`);
    }
  }

  /** A source that cannot take the acknowledgement offers the message again: stored twice at worst, lost never. */
  async #acknowledge(delivery: Delivery, messageId: string): Promise<void> {
    this.#parts.stats.accepted++;
    try {
      await delivery.ack(messageId);
    } catch (error) {
      this.#parts.log('warn', `ack failed: ${String(error)}`);
    }
  }

  #forget(open: Open): void {
    this.#open.splice(this.#open.indexOf(open), 1);
  }

  #advance(open: Open): void {
    open.settled = true;
    let cursor: JsonValue | undefined;
    while (this.#open[0]?.settled === true) cursor = this.#open.shift()?.cursor ?? cursor;
    if (cursor !== undefined) this.#parts.saveCursor(cursor);
  }
}

/** A stream is not loaded to be put in order: only what its headers say counts. */
async function orderKeyIn(message: Message, orderKeyOf: KeyOf): Promise<string | undefined> {
  try {
    return await orderKeyOf(message);
  } catch (error) {
    if (message.payload.isMissed) return undefined;
    throw error;
  }
}

function isPassing(error: unknown): boolean {
  return !(error instanceof VrskyError) || error.retryable;
}
