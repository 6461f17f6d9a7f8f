// A message's content, held as bytes or as a parsed value and converted at most once each way.
import { decodeContent, encodeContent } from '../format/content.ts';

/** Content with its media type. Lazy: a stage that never looks at the value never decodes it. */
export class Payload {
  readonly contentType: string;
  #bytes: Uint8Array | undefined;
  #value: unknown;
  #hasValue: boolean;

  private constructor(contentType: string, bytes: Uint8Array | undefined, value: unknown, hasValue: boolean) {
    this.contentType = contentType;
    this.#bytes = bytes;
    this.#value = value;
    this.#hasValue = hasValue;
  }

  /** Content as it came in. The bytes are not copied; the caller must not change them afterwards. */
  static ofBytes(bytes: Uint8Array, contentType = 'application/json'): Payload {
    return new Payload(contentType, bytes, undefined, false);
  }

  /** A value to be encoded when somebody asks for bytes. */
  static ofValue(value: unknown, contentType = 'application/json'): Payload {
    return new Payload(contentType, undefined, value, true);
  }

  /** The encoded content. Throws FormatError when the value cannot be written in the content type. */
  bytes(): Uint8Array {
    this.#bytes ??= encodeContent(this.#value, this.contentType);
    return this.#bytes;
  }

  /**
   * The decoded content: JSON for JSON types, text for text types, bytes for everything else.
   * Shared by every reader: treat it as immutable. Throws FormatError with the position on malformed content.
   */
  value(): unknown {
    if (!this.#hasValue) {
      this.#value = decodeContent(this.#bytes as Uint8Array, this.contentType);
      this.#hasValue = true;
    }
    return this.#value;
  }
}
