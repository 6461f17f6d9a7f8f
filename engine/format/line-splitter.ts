// Cuts chunks of bytes into lines; a line that never ends does not fill the memory.
import { FormatError } from './format-error.ts';

const newline = 0x0a;

export interface LineLimits {
  /** Bytes of one line at most. */
  readonly maxBytes: number;
  /** The code of the error about a longer one. */
  readonly code: string;
}

/** Lines without their LF, in order. Throws FormatError with the line number. */
export class LineSplitter {
  readonly #limits: LineLimits;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #count = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  /** 1-based number of the line given last. */
  get line(): number {
    return this.#count;
  }

  *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      yield this.#complete(bytes.subarray(start, end));
      start = end + 1;
    }
    if (start < bytes.byteLength) this.#keep(bytes.subarray(start));
  }

  /** What follows the last line end; undefined when nothing does. */
  end(): Buffer | undefined {
    return this.#restBytes === 0 ? undefined : this.#complete(Buffer.alloc(0));
  }

  #complete(bytes: Buffer): Buffer {
    this.#count++;
    if (this.#restBytes + bytes.byteLength > this.#limits.maxBytes) throw this.#tooLong(this.#count);
    if (this.#restBytes === 0) return bytes;
    const line = Buffer.concat([...this.#rest, bytes]);
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#restBytes += bytes.byteLength;
    if (this.#restBytes > this.#limits.maxBytes) throw this.#tooLong(this.#count + 1);
  }

  #tooLong(line: number): FormatError {
    return new FormatError(this.#limits.code, `Line ${line} is longer than ${this.#limits.maxBytes} bytes`, {
      line,
    });
  }
}
