// Publishes to JetStream by hand: one reply inbox, a window, acknowledgements matched by number. The least that can be done.
import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';

const windowSize = 2048;
/** Far more than are under way: whoever had a place before is gone. */
const places = 65_536;

export class BarePublisher {
  readonly #connection: NatsConnection;
  readonly #inbox = createInbox();
  /** By number. A Map that messages pass keeps them from being collected (docs/adr/0021). */
  readonly #onAck = new Array<(() => void) | undefined>(places).fill(undefined);
  #count = 0;
  #pending = 0;
  #onRoom: (() => void) | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    const prefix = this.#inbox.length + 1;
    connection.subscribe(`${this.#inbox}.*`, {
      callback: (_error, message) => this.#acknowledge(message, prefix),
    });
  }

  get pending(): number {
    return this.#pending;
  }

  /** `headers`: a block as it goes over the wire. */
  send(subject: string, data: Uint8Array, headers: Buffer | undefined, onAck: () => void): void {
    const token = this.#count++;
    if (this.#onAck[token % places] !== undefined) throw new Error(`no answer to ${token - places}`);
    this.#onAck[token % places] = onAck;
    this.#pending++;
    const reply = `${this.#inbox}.${token}`;
    const options =
      headers === undefined ? { reply } : { reply, headers: { encode: () => headers } as unknown as MsgHdrs };
    this.#connection.publish(subject, data, options);
  }

  /** Resolves when another message may be sent. */
  room(): Promise<void> {
    if (this.pending < windowSize) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  async flushed(): Promise<void> {
    while (this.pending > 0)
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
  }

  #acknowledge(message: Msg, prefix: number): void {
    const place = Number(message.subject.slice(prefix)) % places;
    const onAck = this.#onAck[place];
    if (message.data.byteLength === 0 || message.data[2] === 0x65)
      throw new Error(`not stored: ${message.string() || 'no stream'}`);
    this.#onAck[place] = undefined;
    this.#pending--;
    onAck?.();
    if (this.pending > windowSize / 2 && this.pending > 0) return;
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
  }
}

/** A header block with a message id, written once as text. */
export function idHeader(id: string): Buffer {
  return Buffer.from(`NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n`);
}
