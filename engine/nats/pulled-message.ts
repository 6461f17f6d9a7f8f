// A message as a puller hands it out: reads lazily, settles by a publish to its reply subject.
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import type { HeaderPairs, Inbound } from '../runtime/ports.ts';
import { decodedHeaders } from './header-block.ts';

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
  #tokens: readonly string[] | undefined;
  #headers: HeaderPairs | undefined;

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
    return Number(this.#token(1));
  }

  get pending(): number {
    return Number(this.#token(4));
  }

  get deliveries(): number {
    return Number(this.#token(0));
  }

  get storedAtMs(): number {
    return Number(this.#token(3)) / 1_000_000;
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
    this.#connection.publish(this.#reply, workingBytes);
  }

  #settle(answer: Uint8Array): void {
    if (!this.#connection.isClosed()) this.#connection.publish(this.#reply, answer);
    this.#release(this);
  }

  /**
   * Deliveries, stream sequence, consumer sequence, nanoseconds, pending, in the subject that is acknowledged to:
   * `$JS.ACK.<stream>.<consumer>.<those>`, or the newer form with domain and account hash in front of the stream and a random token
   * at the end.
   */
  #token(place: number): string | undefined {
    this.#tokens ??= this.#reply.split('.');
    return this.#tokens[(this.#tokens.length >= 11 ? 6 : 4) + place];
  }
}
