// The short way between a connection and what moves messages: whole batches of commands out, messages in without the client's objects.
import type { Socket } from 'node:net';
import { errors, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import type { Frame } from './frame.ts';
import { type CommandParser, FrameReader } from './frame-reader.ts';

/** What the client keeps behind its connections (wire.int.test.ts guards this). */
interface Client {
  readonly protocol: {
    parser: CommandParser;
    sendCommand(command: Uint8Array): void;
    /** Writes what was sent, when it is connected. */
    flushPending(): void;
    /** What was sent and is not written. */
    readonly outbound: { size(): number };
    readonly transport: { readonly socket?: Socket } | undefined;
  };
}

export interface Listening {
  unsubscribe(): void;
  /** Resolves when everything that was sent before the server knew has come. */
  drain(): Promise<void>;
}

/** Bytes at which commands go out without waiting for more. */
const fullAt = 64 * 1024;
/** With the message that makes them so many; larger ones go by themselves. */
const largestRoom = fullAt + 32 * 1024;
const publishWord = Buffer.from('PUB ');
const blank = /\s/;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

const wires = new WeakMap<NatsConnection, Wire>();

/** Always the same for the same connection. Authentication, TLS, reconnecting and everything else stay the client's. */
export function wireOf(connection: NatsConnection): Wire {
  let wire = wires.get(connection);
  if (wire === undefined) {
    wire = new Wire(connection);
    wires.set(connection, wire);
  }
  return wire;
}

export class Wire {
  readonly #connection: NatsConnection;
  readonly #client: Client['protocol'];
  readonly #listeners = new Map<number, (frame: Frame) => void>();
  readonly #flush = () => this.flush();
  #lines: string[] = [];
  #headers: string[] = [];
  #contents: Uint8Array[] = [];
  #bytes = 0;
  /** What commands go out from. Memory of its own for each write would lie outside of V8's heap, which collects everything for so much of it. */
  #room: Buffer = Buffer.alloc(0);
  /** The last subject: most go to the same one. */
  #checked: string | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#client = (connection as unknown as Client).protocol;
    this.#readFrames();
  }

  /** Calls `onFrame` for each message; it must not throw. The connection subscribes again by itself when it was lost. */
  listen(subject: string, onFrame: (frame: Frame) => void): Listening {
    const subscription: Subscription = this.#connection.subscribe(subject, { callback: () => undefined });
    const id = subscription.getID();
    this.#listeners.set(id, onFrame);
    return {
      unsubscribe: () => {
        this.#listeners.delete(id);
        subscription.unsubscribe();
      },
      drain: async () => {
        this.flush();
        await subscription.drain().finally(() => this.#listeners.delete(id));
      },
    };
  }

  /**
   * Sends with everything else of this turn of the event loop, in one write. `headers`: a whole block, or empty. Throws the client's
   * errors for a subject with white space and for a message that is larger than the server takes.
   */
  publish(subject: string, reply: string, headers: string, data: Uint8Array): void {
    if (subject !== this.#checked) this.#check(subject);
    const to = reply === '' ? subject : `${subject} ${reply}`;
    const length = headers === '' ? 0 : Buffer.byteLength(headers);
    const size = length + data.length;
    const line = headers === '' ? `PUB ${to} ${size}\r\n` : `HPUB ${to} ${length} ${size}\r\n`;
    if (size > (this.#connection.info?.max_payload ?? size))
      throw errors.InvalidArgumentError.format('payload', 'max_payload size exceeded');
    if (this.#lines.length === 0) queueMicrotask(this.#flush);
    this.#lines.push(line);
    this.#headers.push(headers);
    this.#contents.push(data);
    this.#bytes += Buffer.byteLength(line) + size + 2;
    if (this.#bytes >= fullAt) this.flush();
  }

  /** Publishes an answer to the reply subject of each, in one write. */
  answer(frames: readonly Frame[], answers: readonly Uint8Array[]): void {
    this.flush();
    if (this.#connection.isClosed()) return;
    let size = 0;
    for (let index = 0; index < frames.length; index++)
      size += answerSize(frames[index] as Frame, answers[index] as Uint8Array);
    const commands = this.#roomFor(size);
    let at = 0;
    for (let index = 0; index < frames.length; index++) {
      const { bytes, replyAt, replyEnd } = frames[index] as Frame;
      const content = answers[index] as Uint8Array;
      commands.set(publishWord, at);
      at += publishWord.length;
      at += bytes.copy(commands, at, replyAt, replyEnd);
      at += commands.write(` ${content.length}\r\n`, at, 'latin1');
      commands.set(content, at);
      at += content.length;
      commands[at++] = carriageReturn;
      commands[at++] = lineFeed;
    }
    this.#send(commands.subarray(0, at));
  }

  /** Without waiting any longer. Over a closed connection nothing is sent. */
  flush(): void {
    const lines = this.#lines;
    if (lines.length === 0) return;
    const headers = this.#headers;
    const contents = this.#contents;
    const size = this.#bytes;
    this.#lines = [];
    this.#headers = [];
    this.#contents = [];
    this.#bytes = 0;
    if (this.#connection.isClosed()) return;
    const commands = this.#roomFor(size);
    let at = 0;
    for (let index = 0; index < lines.length; index++) {
      at += commands.write(lines[index] as string, at);
      const block = headers[index] as string;
      if (block !== '') at += commands.write(block, at);
      const content = contents[index] as Uint8Array;
      commands.set(content, at);
      at += content.length;
      commands[at++] = carriageReturn;
      commands[at++] = lineFeed;
    }
    this.#send(commands.subarray(0, at));
  }

  /**
   * The same room again, when nothing reads from it any more. Its commands may still wait in the client, while it makes a new connection, or in the
   * socket, when the other side is slow to read. As a rule the system takes what is written at once.
   */
  #roomFor(size: number): Buffer {
    const { outbound, transport } = this.#client;
    const isFree = outbound.size() === 0 && transport?.socket?.writableLength === 0;
    if (!isFree || size > largestRoom) return Buffer.allocUnsafeSlow(size);
    if (this.#room.length < size) this.#room = Buffer.allocUnsafeSlow(Math.min(2 * size, largestRoom));
    return this.#room;
  }

  #send(commands: Buffer): void {
    this.#client.sendCommand(commands);
    this.#client.flushPending();
  }

  #check(subject: string): void {
    if (subject === '' || blank.test(subject)) throw new errors.InvalidSubjectError(subject);
    this.#checked = subject;
  }

  /** The client makes itself a new parser for each connection. */
  #readFrames(): void {
    const client = this.#client;
    const readerOf = (parser: CommandParser) =>
      new FrameReader(parser, (subscription) => this.#listeners.get(subscription));
    let reader = readerOf(client.parser);
    Object.defineProperty(client, 'parser', {
      get: () => reader,
      set: (parser: CommandParser) => {
        reader = readerOf(parser);
      },
    });
  }
}

/** `PUB <reply> <size>\r\n<content>\r\n` */
function answerSize({ replyAt, replyEnd }: Frame, { length }: Uint8Array): number {
  return publishWord.length + replyEnd - replyAt + 1 + String(length).length + 2 + length + 2;
}
