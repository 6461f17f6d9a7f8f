// A message as a puller hands it out: reads lazily, settles by a publish to its reply subject.
import type { Msg } from '@nats-io/nats-core';
import type { HeaderPairs, Inbound } from '../runtime/ports.ts';
import type { Acknowledger } from './acknowledger.ts';
import { decodedHeaders } from './header-block.ts';

const ackBytes = Buffer.from('+ACK');
const workingBytes = Buffer.from('+WPI');

export class PulledMessage implements Inbound {
  readonly data: Uint8Array;
  /** When ack_wait was last known to begin anew. */
  extendedAtMs: number;
  readonly #message: Msg;
  readonly #reply: string;
  readonly #acknowledger: Acknowledger;
  readonly #release: (message: PulledMessage) => void;
  #facts: DeliveryFacts | undefined;
  #headers: HeaderPairs | undefined;

  constructor(
    message: Msg,
    nowMs: number,
    acknowledger: Acknowledger,
    release: (message: PulledMessage) => void,
  ) {
    this.#message = message;
    this.#reply = message.reply ?? '';
    this.data = message.data;
    this.extendedAtMs = nowMs;
    this.#acknowledger = acknowledger;
    this.#release = release;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get streamSequence(): number {
    return this.#delivery().streamSequence;
  }

  get pending(): number {
    return this.#delivery().pending;
  }

  get deliveries(): number {
    return this.#delivery().deliveries;
  }

  get storedAtMs(): number {
    return this.#delivery().storedAtMs;
  }

  header(name: string): string | undefined {
    for (const pair of this.headers()) if (pair[0] === name) return pair[1];
    return undefined;
  }

  headers(): HeaderPairs {
    this.#headers ??= decodedHeaders(this.#message);
    return this.#headers;
  }

  ack(): void {
    this.#settle(ackBytes);
  }

  nak(delayMs: number): void {
    this.#settle(
      delayMs > 0 ? Buffer.from(`-NAK {"delay": ${Math.round(delayMs) * 1_000_000}}`) : Buffer.from('-NAK'),
    );
  }

  forget(): void {
    this.#release(this);
  }

  /** Starts ack_wait anew. */
  extend(nowMs: number): void {
    this.extendedAtMs = nowMs;
    this.#acknowledger.send(this.#reply, workingBytes);
  }

  #settle(answer: Uint8Array): void {
    this.#acknowledger.send(this.#reply, answer);
    this.#release(this);
  }

  #delivery(): DeliveryFacts {
    this.#facts ??= readDelivery(this.#reply);
    return this.#facts;
  }
}

/** What the server says about a delivery. */
interface DeliveryFacts {
  readonly deliveries: number;
  readonly streamSequence: number;
  readonly storedAtMs: number;
  readonly pending: number;
}

/**
 * Deliveries, stream sequence, consumer sequence, nanoseconds, pending, in the subject that is acknowledged to:
 * `$JS.ACK.<stream>.<consumer>.<those>`, or the newer form with domain and account hash in front of the stream and a random token
 * at the end. The numbers are kept and not their texts: they live as long as the message, in every message.
 */
function readDelivery(reply: string): DeliveryFacts {
  const tokens = reply.split('.');
  const first = tokens.length >= 11 ? 6 : 4;
  return {
    deliveries: Number(tokens[first]),
    streamSequence: Number(tokens[first + 1]),
    storedAtMs: Number(tokens[first + 3]) / 1_000_000,
    pending: Number(tokens[first + 4]),
  };
}
