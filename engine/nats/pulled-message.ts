// A message as a puller hands it out: reads lazily, settles by a publish to its reply subject.
import type { Frame } from '../connector/nats-wire/frame.ts';
import type { Inbound } from '../runtime/ports.ts';
import type { Acknowledger } from './acknowledger.ts';
import { eachHeader, headerIn } from './header-block.ts';

const ackBytes = Buffer.from('+ACK');
const workingBytes = Buffer.from('+WPI');
const dot = 0x2e;
const zero = 0x30;

/** What settles the messages of a puller. */
export interface Settling {
  readonly acknowledger: Acknowledger;
  readonly release: (message: PulledMessage) => void;
}

export class PulledMessage implements Inbound {
  /** Of its puller, in the order of arrival. */
  readonly number: number;
  readonly data: Uint8Array;
  readonly streamSequence: number;
  readonly deliveries: number;
  readonly storedAtMs: number;
  readonly pending: number;
  /** When ack_wait was last known to begin anew. */
  extendedAtMs: number;
  readonly #frame: Frame;
  readonly #settling: Settling;
  #headers: string | undefined;

  constructor(frame: Frame, number: number, nowMs: number, settling: Settling) {
    this.#frame = frame;
    this.number = number;
    this.data = frame.data;
    this.extendedAtMs = nowMs;
    this.#settling = settling;
    const read = new NumbersFromEnd(frame);
    this.pending = read.next();
    this.storedAtMs = read.nextLarge() / 1_000_000;
    read.next();
    this.streamSequence = read.next();
    this.deliveries = read.next();
  }

  get subject(): string {
    return this.#frame.subject;
  }

  header(name: string): string | undefined {
    return headerIn(this.#block, name);
  }

  eachHeader(visit: (name: string, value: string) => void): void {
    eachHeader(this.#block, visit);
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
    this.#settling.release(this);
  }

  /** Starts ack_wait anew. */
  extend(nowMs: number): void {
    this.extendedAtMs = nowMs;
    this.#settling.acknowledger.send(this.#frame, workingBytes);
  }

  #settle(answer: Uint8Array): void {
    this.#settling.acknowledger.send(this.#frame, answer);
    this.#settling.release(this);
  }

  /** Kept: an id that was cut out of it keeps it anyway. */
  get #block(): string {
    this.#headers ??= this.#frame.headers;
    return this.#headers;
  }
}

/**
 * Reads the subject that is acknowledged to from its end: pending, nanoseconds, consumer sequence, stream sequence, deliveries, before
 * them `$JS.ACK.<stream>.<consumer>`, or the newer form with domain and account hash in front of the stream and a random token at the end.
 */
class NumbersFromEnd {
  readonly #bytes: Buffer;
  #end: number;

  constructor({ bytes, replyAt, replyEnd }: Frame) {
    this.#bytes = bytes;
    this.#end = replyEnd;
    let dots = 0;
    for (let at = replyAt; at < replyEnd; at++) if (bytes[at] === dot) dots++;
    if (dots >= 10) this.#startOfLast();
  }

  next(): number {
    const end = this.#end;
    return this.#number(this.#startOfLast(), end);
  }

  /** For more digits than a number holds exactly, up to 19: rounded once. The first ten, times 10⁹, are exact. */
  nextLarge(): number {
    const end = this.#end;
    const at = this.#startOfLast();
    const middle = Math.max(at, end - 9);
    return this.#number(at, middle) * 1_000_000_000 + this.#number(middle, end);
  }

  #number(from: number, end: number): number {
    let value = 0;
    for (let at = from; at < end; at++) value = value * 10 + (this.#bytes[at] as number) - zero;
    return value;
  }

  #startOfLast(): number {
    let at = this.#end;
    while (at > 0 && this.#bytes[at - 1] !== dot) at--;
    this.#end = at - 1;
    return at;
  }
}
