// The port to an object store: what every driver (disk, S3 …) does for payloads in transit.

export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/** Keys come from newObjectKey. Every failure but a missing object is a retryable VRS8503. */
export interface PayloadStore {
  /**
   * Resolves when the content is stored for good. Holds a bounded part of it in memory. When the content throws, the signal aborts or
   * the store fails, rejects and leaves nothing behind. What the content throws is thrown on unchanged.
   */
  put(key: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** The content in chunks. Throws VRS8501 when there is no such object. */
  get(key: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Deletes up to a thousand at once. Absent where each takes a request of its own. */
  deleteMany?(keys: readonly string[]): Promise<void>;
  /** Every finished object, in no particular order. */
  list(): AsyncIterable<StoredObject>;
  /** Deletes what uploads left that were cut short, if nothing was written to them since `before` (milliseconds since the epoch). */
  abandonUploads(before: number): Promise<void>;
  /** A URL of the store's own that anybody can read the object from until it expires. Absent where the store has none. */
  link?(key: string, options: StoreLinkOptions): Promise<string>;
}

export interface StoreLinkOptions {
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** What whoever reads it is told. */
  readonly contentType: string;
}
