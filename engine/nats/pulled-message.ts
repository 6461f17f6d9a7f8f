// A message as a puller hands it out: reads lazily, settles by a publish to its reply subject.
import type { Frame } from '../connector/nats-wire/frame.ts';
import type { HeaderPairs, Inbound } from '../runtime/ports.ts';
import type { Acknowledger } from './acknowledger.ts';
import { decodedHeaders, headerIn } from './header-block.ts';

const ackBytes = Buffer.from('+ACK');
const workingBytes = Buffer.from('+WPI');

export class PulledMessage implements Inbound {
  readonly data: Uint8Array;
  /** When ack_wait was last known to begin anew. */
  extendedAtMs: number;
  readonly #frame: Frame;
  readonly #reply: string;
  readonly #acknowledger: Acknowledger;
  readonly #release: (message: PulledMessage) => void;
  #facts: DeliveryFacts | undefined;

  constructor(
    frame: Frame,
    nowMs: number,
    acknowledger: Acknowledger,
    release: (message: PulledMessage) => void,
  ) {
    this.#frame = frame;
    this.#reply = frame.reply;
    this.data = frame.data;
    this.extendedAtMs = nowMs;
    this.#acknowledger = acknowledger;
    this.#release = release;
  }

  get subject(): string {
    return this.#frame.subject;
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

  /** Read anew each time: what is kept for as long as the message costs more than looking for the few that are asked for again. */
  header(name: string): string | undefined {
    return headerIn(this.#frame.headers, name);
  }

  headers(): HeaderPairs {
    return decodedHeaders(this.#frame.headers);
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
  let dots = 0;
  for (let at = reply.indexOf('.'); at !== -1; at = reply.indexOf('.', at + 1)) dots++;
  let end = dots >= 10 ? reply.lastIndexOf('.') : reply.length;
  const before = (): number => {
    const start = reply.lastIndexOf('.', end - 1);
    const value = Number(reply.slice(start + 1, end));
    end = start;
    return value;
  };
  const pending = before();
  const storedAtMs = before() / 1_000_000;
  before();
  const streamSequence = before();
  return { deliveries: before(), streamSequence, storedAtMs, pending };
}
