// Keeps payloads in a bucket of an object store.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { expiryOf } from '../object-key.ts';
import type { PayloadStore, StoredObject } from '../payload-store.ts';
import { type ObjectBucket, ObjectFailure } from './object-bucket.ts';

const never = new AbortController().signal;

/** `prefix` stands in front of every key. */
export function bucketStore(bucket: ObjectBucket, prefix = ''): PayloadStore {
  const { deleteMany } = bucket;
  return {
    put: (key, content, signal) =>
      translated(key, () => bucket.write(prefix + key, content, { own: true }, signal)),
    async *get(key, signal) {
      const { content } = await translated(key, () => bucket.read(prefix + key, signal));
      try {
        yield* content;
      } catch (error) {
        throw storeError(key, error);
      }
    },
    delete: (key) => translated(key, () => bucket.delete(prefix + key)),
    ...(deleteMany === undefined
      ? {}
      : {
          deleteMany: (keys: readonly string[]) =>
            translated(prefix, () => deleteMany(keys.map((key) => prefix + key))),
        }),
    async *list(): AsyncGenerator<StoredObject> {
      try {
        for await (const { key, size } of bucket.list(prefix, never)) {
          const own = key.slice(prefix.length);
          if (expiryOf(own) !== undefined) yield { key: own, size };
        }
      } catch (error) {
        throw storeError(prefix, error);
      }
    },
    abandonUploads: (before) =>
      translated(prefix, () =>
        bucket.abandonUploads(prefix, (key) => expiryOf(key.slice(prefix.length)) !== undefined, before),
      ),
    link: (key, options) => translated(key, () => bucket.link(prefix + key, options)),
  };
}

async function translated<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(key, error);
  }
}

/** VRS8503, retryable: the store, its bucket or its credentials may be there again later. What the content threw stays as it is. */
function storeError(key: string, error: unknown): unknown {
  if (!(error instanceof ObjectFailure)) return error;
  if (error.kind === 'gone')
    return new VrskyError('VRS8501', `payload ${key} is gone: ${error.message}`, { cause: error });
  if (error.cause instanceof VrskyError) return error.cause;
  return new VrskyError('VRS8503', `the payload store does not work: ${error.message}`, {
    retryable: true,
    cause: error,
  });
}
