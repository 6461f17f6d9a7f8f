// Keeps payloads in a bucket of S3 or anything that speaks it: uploads in parts, a bounded number of them in memory.
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { VrskyError } from '../../../diagnostics/vrsky-error.ts';
import { expiryOf } from '../../object-key.ts';
import type { PayloadStore, StoredObject } from '../../payload-store.ts';
import { clientLibrary } from '../client-library.ts';
import { storeFailure, WatchedContent } from '../store-failure.ts';
import { type S3Settings, s3ClientConfig } from './s3-settings.ts';

/** A client with its bucket and the library it comes from. */
interface Connected {
  readonly client: S3Client;
  readonly sdk: typeof import('@aws-sdk/client-s3');
}

/** S3 takes 10,000 parts at most: 80 GiB. Three are in memory at once: two under way, one being filled. */
const partBytes = 8 * 1024 * 1024;
const parallelParts = 2;

export function s3Store(settings: S3Settings): PayloadStore {
  const { bucket: Bucket, prefix = '' } = settings;
  let connecting: Promise<Connected> | undefined;
  const connect = () => {
    connecting ??= open(settings);
    return connecting;
  };
  /** Runs `work` on the client; whatever it throws becomes VRS8503. */
  const using = async <T>(
    verb: string,
    key: string,
    work: (connected: Connected) => Promise<T>,
  ): Promise<T> => {
    try {
      return await work(await connect());
    } catch (error) {
      throw storeFailure('s3', verb, `${Bucket}/${prefix}${key}`, error);
    }
  };
  return {
    put: (key, content, signal) => put({ settings, using }, key, content, signal),
    async *get(key, signal) {
      const body = await using('read', key, ({ client, sdk }) =>
        read(client, sdk, Bucket, prefix + key, signal),
      );
      try {
        yield* body;
      } catch (error) {
        throw storeFailure('s3', 'read', `${Bucket}/${prefix}${key}`, error);
      }
    },
    async delete(key) {
      const Key = prefix + key;
      await using('delete', key, ({ client, sdk }) =>
        client.send(new sdk.DeleteObjectCommand({ Bucket, Key })),
      );
    },
    async *list(): AsyncGenerator<StoredObject> {
      for (let ContinuationToken: string | undefined, more = true; more; ) {
        const token = ContinuationToken;
        const page = await using('list', '', ({ client, sdk }) =>
          client.send(new sdk.ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken: token })),
        );
        for (const { Key = '', Size = 0 } of page.Contents ?? []) {
          const key = Key.slice(prefix.length);
          if (expiryOf(key) !== undefined) yield { key, size: Size };
        }
        ContinuationToken = page.NextContinuationToken;
        more = page.IsTruncated === true && ContinuationToken !== undefined;
      }
    },
    async abandonUploads(before) {
      await using('list uploads of', '', async ({ client, sdk }) => {
        const { Uploads = [] } = await client.send(
          new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix }),
        );
        for (const { Key = '', UploadId, Initiated } of Uploads) {
          if (expiryOf(Key.slice(prefix.length)) === undefined) continue;
          if ((Initiated?.getTime() ?? 0) >= before) continue;
          await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        }
      });
    },
  };
}

async function open(settings: S3Settings): Promise<Connected> {
  const sdk = await clientLibrary('@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'));
  return { client: new sdk.S3Client(s3ClientConfig(settings)), sdk };
}

interface Target {
  readonly settings: S3Settings;
  readonly using: <T>(verb: string, key: string, work: (connected: Connected) => Promise<T>) => Promise<T>;
}

/** Content of less than a part is one request. A failed upload is aborted, its parts deleted. */
async function put(
  { settings, using }: Target,
  key: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const { bucket: Bucket, prefix = '', encryption } = settings;
  const watched = new WatchedContent(content, signal);
  await using('write', key, async ({ client }) => {
    const { Upload } = await clientLibrary('@aws-sdk/lib-storage', () => import('@aws-sdk/lib-storage'));
    const upload = new Upload({
      client,
      params: { Bucket, Key: prefix + key, Body: Readable.from(watched), ...encryptionOf(encryption) },
      partSize: partBytes,
      queueSize: parallelParts,
      leavePartsOnError: false,
    });
    await upload.done();
  }).catch((error: unknown) => {
    if (watched.failed) throw watched.error;
    throw error;
  });
}

function encryptionOf(encryption: S3Settings['encryption']) {
  if (encryption === undefined) return {};
  if (encryption === 'AES256') return { ServerSideEncryption: 'AES256' } as const;
  return { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryption } as const;
}

async function read(
  client: S3Client,
  sdk: Connected['sdk'],
  Bucket: string,
  Key: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
    return Body as Readable;
  } catch (error) {
    if (error instanceof sdk.NoSuchKey)
      throw new VrskyError('VRS8501', `payload ${Key} is gone from ${Bucket}`, { cause: error });
    throw error;
  }
}
