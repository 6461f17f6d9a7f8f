// A message's content, held as bytes or as a parsed value and converted at most once each way; or too large to hold, and read as a stream.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { decodeContent, encodeContent } from '../format/content.ts';
import { formatSize } from '../units/size.ts';
import { type PayloadContent, readWhole } from './content.ts';
import type { PayloadReference } from './reference.ts';

/** A stream of no more than this is not worth its steps: sources hold as much too. */
const heldBytes = 256 * 1024;

/** What a payload has that is not simply held. */
interface Streamed {
  readonly content: PayloadContent;
  readonly reference: PayloadReference | undefined;
  wanted: boolean;
  loading: Promise<void> | undefined;
}

/** Content with its media type. Lazy: a stage that never looks at the value never decodes it. */
export class Payload {
  readonly contentType: string;
  #bytes: Uint8Array | undefined;
  #value: unknown;
  #hasValue: boolean;
  /** The value was made of the bytes. */
  #isDecoded = false;
  readonly #streamed: Streamed | undefined;

  private constructor(
    contentType: string,
    bytes: Uint8Array | undefined,
    value: unknown,
    hasValue: boolean,
    streamed: Streamed | undefined,
  ) {
    this.contentType = contentType;
    this.#bytes = bytes;
    this.#value = value;
    this.#hasValue = hasValue;
    this.#streamed = streamed;
  }

  /** Content as it came in. The bytes are not copied; the caller must not change them afterwards. */
  static ofBytes(bytes: Uint8Array, contentType = 'application/json'): Payload {
    return new Payload(contentType, bytes, undefined, false, undefined);
  }

  /** A value to be encoded when somebody asks for bytes. */
  static ofValue(value: unknown, contentType = 'application/json'): Payload {
    return new Payload(contentType, undefined, value, true, undefined);
  }

  /** Content that is read as a stream; with the reference it is stored under, when it is. */
  static ofContent(content: PayloadContent, contentType: string, reference?: PayloadReference): Payload {
    const streamed = { content, reference, wanted: false, loading: undefined };
    return new Payload(contentType, undefined, undefined, false, streamed);
  }

  /** The stream, for whoever can do without the whole; undefined for what is held anyway. */
  get content(): PayloadContent | undefined {
    return this.#streamed?.content;
  }

  /**
   * For whoever writes it now: the bytes of what is held, and of content that is too little for a stream, which are not kept; the stream of
   * everything else.
   */
  async outgoing(signal: AbortSignal): Promise<Uint8Array | PayloadContent> {
    const content = this.#bytes === undefined ? this.#streamed?.content : undefined;
    if (content === undefined) return this.bytes();
    if (this.unreadBytes === 0) return content;
    return (await readWhole(content, heldBytes, signal)) ?? content;
  }

  /** How much memory {@link outgoing} is going to take. */
  get unreadBytes(): number {
    const size = this.#bytes === undefined ? this.#streamed?.content.size : undefined;
    return size === undefined || size > heldBytes ? 0 : size;
  }

  /** Where the content is stored already. */
  get reference(): PayloadReference | undefined {
    return this.#streamed?.reference;
  }

  /** Somebody asked for bytes or a value that are not loaded: {@link load}, then ask again. */
  get isMissed(): boolean {
    return this.#streamed?.wanted === true && this.#bytes === undefined;
  }

  /** Reads a streamed content into memory. Throws VRS8505 when it is more than `maxBytes`. */
  async load(maxBytes: number, signal: AbortSignal): Promise<void> {
    const streamed = this.#streamed;
    if (streamed === undefined || this.#bytes !== undefined) return;
    streamed.loading ??= this.#load(streamed.content, maxBytes, signal).finally(() => {
      streamed.loading = undefined;
    });
    await streamed.loading;
  }

  /** The encoded content. Throws FormatError when the value cannot be written in the content type. */
  bytes(): Uint8Array {
    if (this.#bytes === undefined) {
      if (!this.#hasValue) throw this.#miss();
      this.#bytes = encodeContent(this.#value, this.contentType);
    }
    return this.#bytes;
  }

  /**
   * The decoded content: JSON for JSON types, text for text types, bytes for everything else.
   * Shared by every reader: treat it as immutable. Throws FormatError with the position on malformed content.
   */
  value(): unknown {
    if (!this.#hasValue) {
      if (this.#bytes === undefined) throw this.#miss();
      this.#value = decodeContent(this.#bytes, this.contentType);
      this.#hasValue = true;
      this.#isDecoded = true;
    }
    return this.#value;
  }

  /** Lets go of a value that can be decoded from the bytes again: for whoever keeps the payload and is done with looking at it. */
  forgetDecoded(): void {
    if (!this.#isDecoded) return;
    this.#value = undefined;
    this.#hasValue = false;
    this.#isDecoded = false;
  }

  async #load(content: PayloadContent, maxBytes: number, signal: AbortSignal): Promise<void> {
    const bytes = (content.size ?? 0) > maxBytes ? undefined : await readWhole(content, maxBytes, signal);
    if (bytes === undefined) throw tooLarge(content.size, maxBytes);
    this.#bytes = bytes;
  }

  /** The runtime sees {@link isMissed}, loads the content and asks again; nobody else ever sees this error. */
  #miss(): Error {
    if (this.#streamed !== undefined) this.#streamed.wanted = true;
    return new Error('the payload is a stream and has not been loaded');
  }
}

function tooLarge(size: number | undefined, maxBytes: number): VrskyError {
  const has = size === undefined ? 'is larger than that' : `has ${formatSize(size)}`;
  return new VrskyError(
    'VRS8505',
    `the payload is needed as a whole, which payload.maxValue allows up to ${formatSize(maxBytes)}; this one ${has}`,
  );
}
