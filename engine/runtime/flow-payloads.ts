// The payloads of one flow: what travels inside its messages and what by reference, and how references come to their end.
import type { CompiledFlow } from '../compile/program.ts';
import type { LinkDefinition, PayloadDefinition } from '../flow/graph.ts';
import { defaultPayloadSizes } from '../flow/policies.ts';
import { readHead } from '../payload/content.ts';
import { engineStore, type PayloadDepot } from '../payload/depot.ts';
import { Payload } from '../payload/payload.ts';
import { decodeReference, encodeReference, type PayloadReference } from '../payload/reference.ts';

/** What is stored in JetStream for a payload. */
export interface Packed {
  readonly data: Uint8Array;
  /** Present when `data` is the reference. */
  readonly reference: PayloadReference | undefined;
}

interface PackOptions {
  readonly signal?: AbortSignal;
  readonly parent?: string | undefined;
}

/** Objects outlive the deadline of their message by this: the last try may take its time, and clocks differ. */
const marginMs = 3_600_000;

type Flow = Pick<CompiledFlow, 'name' | 'payload'> & {
  readonly delivery: Pick<CompiledFlow['delivery'], 'deadlineMs' | 'backoff'>;
};

export class FlowPayloads {
  readonly policy: PayloadDefinition;
  readonly #depot: PayloadDepot;
  readonly #flow: Flow;
  readonly #signal: AbortSignal;

  /** The signal ends what is being read. */
  constructor(depot: PayloadDepot, flow: Flow, signal: AbortSignal) {
    this.policy = flow.payload ?? defaultPayloadSizes;
    this.#depot = depot;
    this.#flow = flow;
    this.#signal = signal;
  }

  /** Whether the payload travels inside its message. Costs nothing for content that is held. */
  isInline(payload: Payload): boolean {
    return payload.content === undefined && payload.bytes().byteLength <= this.policy.inlineBytes;
  }

  /**
   * Stores what is too large to travel inside a message. A payload that is stored already keeps its object and gets the holders too; `parent`
   * is the one that it is being delivered to. Rejects with VRS8503 when the store fails, and with whatever the content throws.
   */
  async pack(
    payload: Payload,
    acceptedAt: number,
    holders: readonly string[],
    { signal = this.#signal, parent }: PackOptions = {},
  ): Promise<Packed> {
    const { reference } = payload;
    if (reference !== undefined) {
      for (const holder of holders) await this.#depot.holders.add(reference, holder, parent);
      return { data: encodeReference(reference), reference };
    }
    const head = await this.#head(payload, signal);
    if (head.kind === 'whole') return { data: head.bytes, reference: undefined };
    const description = {
      store: this.policy.store?.name ?? engineStore,
      flow: this.#flow.name,
      contentType: payload.contentType,
      expiresAt: Math.max(acceptedAt + this.#flow.delivery.deadlineMs, Date.now()) + marginMs,
    };
    const stored = await this.#depot.store(description, head.content, holders, signal);
    return { data: encodeReference(stored), reference: stored };
  }

  /** The payload that the data of a message refers to. Throws VRS8504. */
  referred(data: Uint8Array): Payload {
    return this.#depot.payload(decodeReference(data));
  }

  /** A holder begins with its delivery. `isFirst`: JetStream has not handed out its message before. */
  async resume(reference: PayloadReference, holder: string, isFirst: boolean): Promise<void> {
    const expiresAt = Date.now() + marginMs / 2 + this.#flow.delivery.backoff.maxMs;
    await this.#depot.holders.resume(reference, holder, expiresAt, { isFirst });
  }

  /** A holder is through; when that was the last, the object goes. */
  release(reference: PayloadReference, holder: string): Promise<void> {
    return this.#depot.holders.release(reference, holder);
  }

  /** A holder becomes a dead letter, and the object stays as long as that. */
  bury(reference: PayloadReference, holder: string): Promise<void> {
    return this.#depot.holders.bury(reference, holder);
  }

  /**
   * What a producer gets in place of a payload: a link to it, with what whoever follows it has to know. A payload that is not stored yet is
   * stored for the link. `holder` is the same for every try of the same delivery; `parent` is the message.
   */
  async link(
    payload: Payload,
    holder: string,
    { expiresMs, by }: LinkDefinition,
    parent?: string,
  ): Promise<Payload> {
    const until = Date.now() + expiresMs;
    const reference = payload.reference ?? (await this.#storeForLink(payload, holder, until));
    const url = await this.#depot.link(reference, holder, until, { by, parent });
    const { size, contentType, sha256 } = reference;
    return Payload.ofValue({ url, expiresAt: new Date(until).toISOString(), size, contentType, sha256 });
  }

  async #storeForLink(payload: Payload, holder: string, until: number): Promise<PayloadReference> {
    const description = {
      store: this.policy.store?.name ?? engineStore,
      flow: this.#flow.name,
      contentType: payload.contentType,
      expiresAt: until + marginMs,
    };
    const content = payload.content?.open(this.#signal) ?? only(payload.bytes());
    return this.#depot.store(description, content, [holder], this.#signal);
  }

  /** Waits for room in memory; answers what gives it back. */
  enter(payload: Payload): Promise<() => void> {
    const { maxValueBytes } = this.policy;
    return this.#depot.loaded.enter(Math.min(payload.content?.size ?? maxValueBytes, maxValueBytes));
  }

  /** Reads the whole into memory. Throws VRS8505 when it is more than the policy allows. */
  load(payload: Payload): Promise<void> {
    return payload.load(this.policy.maxValueBytes, this.#signal);
  }

  async #head(payload: Payload, signal: AbortSignal) {
    const { inlineBytes } = this.policy;
    const { content } = payload;
    if (content === undefined) return readHead(only(payload.bytes()), inlineBytes);
    // Read when its turn comes, and not before: many may wait for theirs.
    if ((content.size ?? 0) > inlineBytes) return { kind: 'more', content: content.open(signal) } as const;
    return readHead(content.open(signal), inlineBytes);
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
