// The port to a bucket of an object store: what S3, Azure Blob Storage and Google Cloud Storage have in common.
import type { StoreLinkOptions } from '../payload-store.ts';
import { errorText } from './error-text.ts';

/** An object as a listing shows it. */
export interface BucketObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
  /** Changes whenever the content does. */
  readonly version: string;
}

export interface ObjectDescription {
  readonly contentType: string | undefined;
  /** Names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OpenedObject extends ObjectDescription {
  readonly content: AsyncIterable<Uint8Array>;
}

export interface WriteOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Nobody else ever writes this key: what a failed upload left may be overwritten and deleted. */
  readonly own?: boolean;
}

/** Every method rejects with {@link ObjectFailure}. `version`: only that version of the object; `changed` when it is another one. */
export interface ObjectBucket {
  /** Rejects when the bucket cannot be listed. */
  probe(signal: AbortSignal): Promise<void>;
  /** In the order of the keys' bytes, those behind `after` only. */
  list(prefix: string, signal: AbortSignal, after?: string): AsyncIterable<BucketObject>;
  describe(key: string, version: string, signal: AbortSignal): Promise<ObjectDescription>;
  read(key: string, signal: AbortSignal, version?: string): Promise<OpenedObject>;
  /**
   * Resolves when the content is stored for good. Holds a bounded part of it in memory. When the content throws, the signal aborts or
   * the store fails, rejects and leaves nothing behind. What the content throws is thrown on unchanged.
   */
  write(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<void>;
  copy(from: BucketObject, to: string): Promise<void>;
  /** Deleting what is not there is no error. */
  delete(key: string, version?: string): Promise<void>;
  /** Deletes up to a thousand at once, whatever version they have. Absent where each takes a request of its own. */
  deleteMany?(keys: readonly string[]): Promise<void>;
  tag(key: string, tags: Readonly<Record<string, string>>, version: string): Promise<void>;
  /** A URL that anybody can read the object from until it expires. */
  link(key: string, options: StoreLinkOptions): Promise<string>;
  /** Drops what uploads left that were cut short, begun before this time (milliseconds since the epoch); only those that `isOurs`. */
  abandonUploads(prefix: string, isOurs: (key: string) => boolean, before: number): Promise<void>;
  close(): void;
}

/**
 * `gone`: no such object. `changed`: another version of it is there. `missing`: no such bucket. `denied`: credentials that are wrong, expired
 * or not allowed to. `invalid`: this request can never work. `failed`: everything that may pass by itself.
 */
export type FailureKind = 'gone' | 'changed' | 'missing' | 'denied' | 'invalid' | 'failed';

export class ObjectFailure extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ObjectFailure';
    this.kind = kind;
  }
}

/** What a client threw, with what was attempted. An {@link ObjectFailure} stays as it is. */
export function objectFailure(kind: FailureKind, attempt: string, error: unknown): ObjectFailure {
  if (error instanceof ObjectFailure) return error;
  return new ObjectFailure(kind, `cannot ${attempt}: ${errorText(error)}`, { cause: error });
}
