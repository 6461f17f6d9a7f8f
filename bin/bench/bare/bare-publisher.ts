// Publishes to JetStream by hand: one reply inbox, a window, acknowledgements matched by number. The least that can be done.
import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';

const windowSize = 2048;

export class BarePublisher {
  readonly #connection: NatsConnection;
  readonly #inbox = createInbox();
  readonly #onAck = new Map<string, () => void>();
  #count = 0;
  #onRoom: (() => void) | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    const prefix = this.#inbox.length + 1;
    connection.subscribe(`${this.#inbox}.*`, {
      callback: (_error, message) => this.#acknowledge(message, prefix),
    });
  }

  get pending(): number {
    return this.#onAck.size;
  }

  /** `headers`: a block as it goes over the wire. */
  send(subject: string, data: Uint8Array, headers: Buffer | undefined, onAck: () => void): void {
    const token = String(this.#count++);
    this.#onAck.set(token, onAck);
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
    const token = message.subject.slice(prefix);
    const onAck = this.#onAck.get(token);
    if (message.data.byteLength === 0 || message.data[2] === 0x65)
      throw new Error(`not stored: ${message.string() || 'no stream'}`);
    this.#onAck.delete(token);
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
