// Keeps payloads in a bucket of Google Cloud Storage: resumable uploads in chunks.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bucket } from '@google-cloud/storage';
import { VrskyError } from '../../../diagnostics/vrsky-error.ts';
import { expiryOf } from '../../object-key.ts';
import type { PayloadStore, StoredObject } from '../../payload-store.ts';
import { clientLibrary } from '../client-library.ts';
import { storeFailure, WatchedContent } from '../store-failure.ts';

export interface GcsSettings {
  readonly bucket: string;
  /** In front of every key, e.g. `vrsky/`. */
  readonly prefix?: string;
  readonly project?: string;
  readonly keyFile?: string;
  /** Of a server that speaks the same protocol; Google's own when absent. */
  readonly endpoint?: string;
}

const chunkBytes = 8 * 1024 * 1024;

export function gcsStore(settings: GcsSettings): PayloadStore {
  const { prefix = '' } = settings;
  let connecting: Promise<Bucket> | undefined;
  const using = async <T>(verb: string, key: string, work: (bucket: Bucket) => Promise<T>): Promise<T> => {
    try {
      connecting ??= connect(settings);
      return await work(await connecting);
    } catch (error) {
      throw storeFailure('gcs', verb, `${settings.bucket}/${prefix}${key}`, error);
    }
  };
  return {
    async put(key, content, signal) {
      const watched = new WatchedContent(content, signal);
      const upload = (bucket: Bucket) => {
        // Contents are held against their SHA-256 when they are read.
        const options = { resumable: true, chunkSize: chunkBytes, validation: false } as const;
        return pipeline(Readable.from(watched), bucket.file(prefix + key).createWriteStream(options));
      };
      await using('write', key, upload).catch((error: unknown) => {
        throw watched.failed ? watched.error : error;
      });
    },
    async *get(key, signal) {
      const body = await using('read', key, (bucket) =>
        Promise.resolve(bucket.file(prefix + key).createReadStream({ validation: false })),
      );
      const stop = () => void body.destroy(new Error('stopped'));
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const chunk of body) yield chunk as Uint8Array;
      } catch (error) {
        throw (await isGone(error, await using('read', key, (bucket) => Promise.resolve(bucket))))
          ? new VrskyError('VRS8501', `payload ${key} is gone from ${settings.bucket}`, { cause: error })
          : storeFailure('gcs', 'read', `${settings.bucket}/${prefix}${key}`, error);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    async delete(key) {
      await using('delete', key, (bucket) => bucket.file(prefix + key).delete({ ignoreNotFound: true }));
    },
    async *list(): AsyncGenerator<StoredObject> {
      const bucket = await using('list', '', (connected) => Promise.resolve(connected));
      try {
        for await (const file of bucket.getFilesStream({ prefix })) {
          const { name, metadata } = file as { name: string; metadata: { size?: string | number } };
          const key = name.slice(prefix.length);
          if (expiryOf(key) !== undefined) yield { key, size: Number(metadata.size ?? 0) };
        }
      } catch (error) {
        throw storeFailure('gcs', 'list', settings.bucket, error);
      }
    },
    // A resumable upload that nobody finishes is the service's to drop: it does so after a week.
    abandonUploads: () => Promise.resolve(),
  };
}

async function connect({ bucket, project, keyFile, endpoint }: GcsSettings): Promise<Bucket> {
  const { Storage } = await clientLibrary('@google-cloud/storage', () => import('@google-cloud/storage'));
  const storage = new Storage({
    ...(project === undefined ? {} : { projectId: project }),
    ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
    retryOptions: { maxRetries: 2, totalTimeout: 20 },
  });
  return storage.bucket(bucket);
}

/** A bucket that is missing answers 404 too, and may be there again. */
async function isGone(error: unknown, bucket: Bucket): Promise<boolean> {
  if (Number((error as { readonly code?: unknown }).code) !== 404) return false;
  const [exists] = await bucket.exists().catch(() => [false] as const);
  return exists;
}
