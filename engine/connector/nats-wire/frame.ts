// One message as it came over the wire. Every part of it is read when somebody asks.

/** Where the parts of a message lie in the bytes that it came in. */
export class Frame {
  readonly bytes: Buffer;
  readonly subjectAt: number;
  readonly subjectEnd: number;
  /** The same as `replyEnd` when there is no reply subject. */
  readonly replyAt: number;
  readonly replyEnd: number;
  /** The same as `dataAt` when there are no headers. */
  readonly headersAt: number;
  readonly dataAt: number;
  readonly dataEnd: number;

  constructor(
    bytes: Buffer,
    subjectAt: number,
    subjectEnd: number,
    replyAt: number,
    replyEnd: number,
    headersAt: number,
    dataAt: number,
    dataEnd: number,
  ) {
    this.bytes = bytes;
    this.subjectAt = subjectAt;
    this.subjectEnd = subjectEnd;
    this.replyAt = replyAt;
    this.replyEnd = replyEnd;
    this.headersAt = headersAt;
    this.dataAt = dataAt;
    this.dataEnd = dataEnd;
  }

  /** Of a message that was stored: the subject that it was stored under. */
  get subject(): string {
    return this.bytes.toString('utf8', this.subjectAt, this.subjectEnd);
  }

  /** Empty when there is none. */
  get reply(): string {
    return this.bytes.toString('utf8', this.replyAt, this.replyEnd);
  }

  /** The header block, `NATS/1.0` line included; empty when there is none. */
  get headers(): string {
    return this.bytes.toString('utf8', this.headersAt, this.dataAt);
  }

  get data(): Buffer {
    return this.bytes.subarray(this.dataAt, this.dataEnd);
  }

  get dataLength(): number {
    return this.dataEnd - this.dataAt;
  }

  /** What a server says instead of sending a message, such as `{ code: 409, description: 'Batch Completed' }`. */
  get status(): Status | undefined {
    if (this.dataLength > 0 || this.headersAt === this.dataAt) return undefined;
    const found = statusLine.exec(this.headers);
    return found === null ? undefined : { code: Number(found[1]), description: found[2] as string };
  }

  /** The number that ends the subject after `prefixLength` bytes; undefined for anything else. */
  numberAfter(prefixLength: number): number | undefined {
    const { bytes, subjectEnd } = this;
    let value = 0;
    let at = this.subjectAt + prefixLength;
    if (at >= subjectEnd || subjectEnd - at > 15) return undefined;
    for (; at < subjectEnd; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    return value;
  }
}

/** As the first line of a header block has it. */
export interface Status {
  readonly code: number;
  readonly description: string;
}

const statusLine = /^NATS\/1\.0 (\d{3}) ?([^\r\n]*)/;
