// Reads messages out of what the server sends, and hands everything else to the client's own parser, a whole command at a time.
import { Frame } from './frame.ts';

/** What the client has for a parser. */
export interface CommandParser {
  parse(bytes: Uint8Array): void;
}

/** Answers whoever listens to the subscription with this number; undefined when the client itself does. */
export type ListenerOf = (subscription: number) => ((frame: Frame) => void) | undefined;

const space = 0x20;
const lineFeed = 0x0a;
const letterM = 0x6d;
const letterH = 0x68;
/** A server's line is 4 KiB at most; INFO may name many servers. What is longer is left to the client to refuse. */
const longestLine = 1024 * 1024;

/**
 * The client's parser looks at each byte of a command on its own and makes ten objects of it. `MSG subject sid [reply] size` and
 * `HMSG subject sid [reply] headers size` are a quarter of what a message costs when it is done so.
 */
export class FrameReader implements CommandParser {
  readonly #client: CommandParser;
  readonly #listenerOf: ListenerOf;
  /** The begun command, in the pieces in which it came. */
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** Bytes that the begun command has, as far as that is known. */
  #needed = 0;

  constructor(client: CommandParser, listenerOf: ListenerOf) {
    this.#client = client;
    this.#listenerOf = listenerOf;
  }

  /** Throws for what no server sends; the client then gives the connection up. */
  parse(chunk: Uint8Array): void {
    if (this.#held > 0) {
      this.#pieces.push(chunk);
      this.#held += chunk.length;
      if (this.#held < this.#needed) return;
      const pieces = this.#pieces;
      this.#pieces = [];
      this.#held = 0;
      this.#read(Buffer.concat(pieces));
    } else this.#read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  }

  #read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const end = this.#isMessage(bytes, at) ? this.#message(bytes, at) : this.#line(bytes, at);
      if (end === undefined)
        throw new Error(`the server sent what is no command: ${bytes.toString('latin1', at, at + 64)}`);
      if (end > bytes.length) {
        this.#pieces.push(bytes.subarray(at));
        this.#held = bytes.length - at;
        this.#needed = end - at;
        return;
      }
      at = end;
    }
  }

  #isMessage(bytes: Buffer, at: number): boolean {
    const letter = (bytes[at] as number) | 0x20;
    return letter === letterM || letter === letterH;
  }

  /** Where the line ends, once it is dealt with; more than there is when it goes on. */
  #line(bytes: Buffer, at: number): number | undefined {
    const feed = bytes.indexOf(lineFeed, at);
    if (feed === -1) return bytes.length - at > longestLine ? undefined : bytes.length + 1;
    this.#client.parse(bytes.subarray(at, feed + 1));
    return feed + 1;
  }

  /** The same for a message. Undefined for what is none. */
  #message(bytes: Buffer, at: number): number | undefined {
    const hasHeaders = ((bytes[at] as number) | 0x20) === letterH;
    const subjectAt = at + (hasHeaders ? 5 : 4);
    let spaces = 0;
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    let feed = subjectAt;
    for (; feed < bytes.length; feed++) {
      const byte = bytes[feed];
      if (byte === lineFeed) break;
      if (byte !== space) continue;
      spaces++;
      if (spaces === 1) first = feed;
      else if (spaces === 2) second = feed;
      else if (spaces === 3) third = feed;
      else if (spaces === 4) fourth = feed;
      else return undefined;
    }
    if (feed >= bytes.length) return feed - at > longestLine ? undefined : bytes.length + 1;
    const lineEnd = feed - 1;
    const hasReply = spaces === (hasHeaders ? 4 : 3);
    if (!hasReply && spaces !== (hasHeaders ? 3 : 2)) return undefined;
    const afterReply = hasReply ? third : second;
    const subscription = numberIn(bytes, first + 1, second);
    const size = numberIn(bytes, (hasHeaders ? (hasReply ? fourth : third) : afterReply) + 1, lineEnd);
    const headers = hasHeaders ? numberIn(bytes, afterReply + 1, hasReply ? fourth : third) : 0;
    if (subscription < 0 || size < 0 || headers < 0 || headers > size) return undefined;
    const headersAt = feed + 1;
    const dataEnd = headersAt + size;
    const end = dataEnd + 2;
    if (end > bytes.length) return end;
    const listener = this.#listenerOf(subscription);
    if (listener === undefined) this.#client.parse(bytes.subarray(at, end));
    else {
      const replyAt = hasReply ? second + 1 : third;
      const replyEnd = third;
      listener(
        new Frame(bytes, subjectAt, first, replyAt, replyEnd, headersAt, headersAt + headers, dataEnd),
      );
    }
    return end;
  }
}

/** Decimal; -1 for what is no number. */
function numberIn(bytes: Buffer, from: number, to: number): number {
  if (from >= to || to - from > 15) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
