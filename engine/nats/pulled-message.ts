// A message as a puller hands it out: reads lazily, settles by a publish to its reply subject.
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import type { HeaderPairs, Inbound } from '../runtime/ports.ts';

const ackBytes = Buffer.from('+ACK');
const workingBytes = Buffer.from('+WPI');

export class PulledMessage implements Inbound {
  readonly data: Uint8Array;
  /** When ack_wait was last known to begin anew. */
  extendedAtMs: number;
  readonly #message: Msg;
  readonly #reply: string;
  readonly #connection: NatsConnection;
  readonly #release: (message: PulledMessage) => void;
  #delivery: Delivery | undefined;

  constructor(
    message: Msg,
    nowMs: number,
    connection: NatsConnection,
    release: (message: PulledMessage) => void,
  ) {
    this.#message = message;
    this.#reply = message.reply ?? '';
    this.data = message.data;
    this.extendedAtMs = nowMs;
    this.#connection = connection;
    this.#release = release;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get streamSequence(): number {
    return this.#parsed().streamSequence;
  }

  get pending(): number {
    return this.#parsed().pending;
  }

  get deliveries(): number {
    return this.#parsed().deliveries;
  }

  get storedAtMs(): number {
    return this.#parsed().storedAtMs;
  }

  header(name: string): string | undefined {
    const headers = this.#message.headers;
    return headers?.has(name) === true ? headers.get(name) : undefined;
  }

  headers(): HeaderPairs {
    const pairs: (readonly [string, string])[] = [];
    for (const [name, values] of this.#message.headers ?? [])
      for (const value of values) pairs.push([name, value]);
    return pairs;
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
    this.#connection.publish(this.#reply, workingBytes);
  }

  #settle(answer: Uint8Array): void {
    if (!this.#connection.isClosed()) this.#connection.publish(this.#reply, answer);
    this.#release(this);
  }

  #parsed(): Delivery {
    this.#delivery ??= parseAckSubject(this.#reply);
    return this.#delivery;
  }
}

interface Delivery {
  readonly streamSequence: number;
  readonly deliveries: number;
  readonly storedAtMs: number;
  readonly pending: number;
}

/**
 * `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<ns>.<pending>`, or the newer form with domain and account
 * hash in front of the stream and a random token at the end.
 */
export function parseAckSubject(subject: string): Delivery {
  const tokens = subject.split('.');
  const at = tokens.length >= 11 ? 6 : 4;
  return {
    deliveries: Number(tokens[at]),
    streamSequence: Number(tokens[at + 1]),
    storedAtMs: Number(tokens[at + 3]) / 1_000_000,
    pending: Number(tokens[at + 4]),
  };
}
