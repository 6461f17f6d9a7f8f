// A bucket of Google Cloud Storage: resumable uploads in chunks.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bucket, File } from '@google-cloud/storage';
import { readHead } from '../../content.ts';
import { clientLibrary } from '../client-library.ts';
import {
  type BucketObject,
  type FailureKind,
  type ObjectBucket,
  ObjectFailure,
  objectFailure,
} from '../object-bucket.ts';
import { partRoom } from '../part-buffers.ts';
import { WatchedContent } from '../watched-content.ts';
import type { GcsSettings } from './gcs-settings.ts';

/** More than this goes up in chunks; less in one request. */
const wholeBytes = 1024 * 1024;
const chunkBytes = 4 * 1024 * 1024;
/** The client keeps a chunk until it is acknowledged, and gathers the next one. */
const heldBytes = 2 * chunkBytes;
const pageSize = 1000;

/** Connects when first used. */
export function gcsBucket(settings: GcsSettings): ObjectBucket {
  let connecting: Promise<Bucket> | undefined;
  const using = async <T>(attempt: string, work: (bucket: Bucket) => Promise<T>): Promise<T> => {
    try {
      connecting ??= connect(settings);
      return await work(await connecting);
    } catch (error) {
      const kind = await failureKind(error, connecting);
      throw objectFailure(kind, `${attempt} in the bucket ${settings.bucket} of Google Cloud Storage`, error);
    }
  };
  return {
    probe: () =>
      using('list objects', async (bucket) => {
        await bucket.getFiles({ autoPaginate: false, maxResults: 1 });
      }),
    async *list(prefix, signal, after) {
      for (let pageToken: string | undefined, more = true; more; ) {
        signal.throwIfAborted();
        const query = {
          ...{ prefix, maxResults: pageSize, autoPaginate: false },
          ...(after === undefined ? {} : { startOffset: after }),
          ...(pageToken === undefined ? {} : { pageToken }),
        };
        const [files, next] = await using(`list ${prefix}*`, (bucket) => bucket.getFiles(query));
        for (const file of files) if (file.name !== after) yield found(file);
        pageToken = (next as { readonly pageToken?: string } | null | undefined)?.pageToken;
        more = pageToken !== undefined;
      }
    },
    describe: (key, version) =>
      using(`look at ${key}`, async (bucket) => described(await metadataOf(bucket.file(key), version))),
    read: (key, signal, version) =>
      using(`read ${key}`, async (bucket) => {
        const generation = version ?? (await metadataOf(bucket.file(key))).generation;
        const file = bucket.file(key, generation === undefined ? {} : { generation });
        const metadata = await metadataOf(file, version);
        const body = file.createReadStream({ validation: false, decompress: false });
        return { ...described(metadata), content: readable(body, key, signal) };
      }),
    async write(key, content, { contentType, metadata }, signal) {
      const about = {
        ...(contentType === undefined ? {} : { contentType }),
        ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
      };
      const options = { metadata: about, validation: false } as const;
      const whole = (bytes: Uint8Array) => (bucket: Bucket) =>
        until(signal, bucket.file(key).save(Buffer.from(bytes), { ...options, resumable: false }));
      if (content instanceof Uint8Array) return using(`write ${key}`, whole(content));
      const chunked = (chunks: AsyncIterable<Uint8Array>) => (bucket: Bucket) =>
        pipeline(
          Readable.from(chunks, { objectMode: false }),
          bucket.file(key).createWriteStream({ ...options, resumable: true, chunkSize: chunkBytes }),
          { signal },
        );
      const watched = new WatchedContent(content, signal);
      try {
        const head = await readHead(watched, wholeBytes);
        if (head.kind === 'whole') return await using(`write ${key}`, whole(head.bytes));
        const leave = await partRoom.enter(heldBytes);
        await using(`write ${key}`, chunked(head.content)).finally(leave);
      } catch (error) {
        throw watched.failed ? watched.error : error;
      }
    },
    copy: ({ key, version: generation }, to) =>
      using(`copy ${key}`, async (bucket) => {
        await bucket.file(key, { generation }).copy(bucket.file(to));
      }),
    async delete(key, version) {
      const only = version === undefined ? {} : { ifGenerationMatch: version };
      await using(`delete ${key}`, (bucket) => bucket.file(key).delete({ ignoreNotFound: true, ...only }));
    },
    // Google has no tags on objects: metadata of the object's own is what its tools filter by.
    tag: (key, tags, version) =>
      using(`tag ${key}`, async (bucket) => {
        await bucket.file(key).setMetadata({ metadata: { ...tags } }, { ifGenerationMatch: version });
      }),
    link: (key, { expiresAtMs, contentType }) =>
      using(`make a link to ${key}`, async (bucket) => {
        const options = {
          version: 'v4',
          action: 'read',
          expires: expiresAtMs,
          responseType: contentType,
        } as const;
        const [url] = await bucket.file(key).getSignedUrl(options);
        return url;
      }),
    // A resumable upload that nobody finishes is the service's to drop: it does so after a week.
    abandonUploads: () => Promise.resolve(),
    close: () => undefined,
  };
}

async function connect({ bucket, project, keyFile, endpoint }: GcsSettings): Promise<Bucket> {
  const { Storage } = await clientLibrary('@google-cloud/storage', () => import('@google-cloud/storage'));
  const storage = new Storage({
    ...(project === undefined ? {} : { projectId: project }),
    ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
    ...(endpoint === undefined
      ? {}
      : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: isToBeAuthorized(endpoint, keyFile) }),
    retryOptions: { maxRetries: 2, totalTimeout: 20 },
  });
  return storage.bucket(bucket);
}

/** Emulators want nobody's credentials, and who runs one has none: only what was given, or belongs to Google, is asked for with them. */
function isToBeAuthorized(endpoint: string, keyFile: string | undefined): boolean {
  const isGiven = keyFile !== undefined || process.env.GOOGLE_APPLICATION_CREDENTIALS !== undefined;
  return isGiven || new URL(endpoint).hostname.endsWith('.googleapis.com');
}

interface Metadata {
  readonly generation?: string | number | undefined;
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

async function metadataOf(file: File, version?: string): Promise<Metadata> {
  const [metadata] = (await file.getMetadata()) as unknown as readonly [Metadata];
  if (version !== undefined && String(metadata.generation) !== version)
    throw new ObjectFailure('changed', `${file.name} has changed`);
  return metadata;
}

function described({ contentType, metadata = {} }: Metadata) {
  const texts = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return { contentType, metadata: Object.fromEntries(texts) };
}

function found({ name, metadata }: File): BucketObject {
  return {
    key: name,
    size: Number(metadata.size ?? 0),
    modifiedMs: Date.parse(String(metadata.updated ?? metadata.timeCreated ?? 0)),
    version: String(metadata.generation),
  };
}

/** The client takes no signal everywhere; what goes on in the background ends with its own time limit. */
function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function* readable(
  body: Readable,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stop = () => void body.destroy(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* body;
  } catch (error) {
    throw objectFailure('failed', `read ${key}`, error);
  } finally {
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
}

const byStatus: Readonly<Record<number, FailureKind>> = {
  400: 'invalid',
  401: 'denied',
  403: 'denied',
  412: 'changed',
};

/** A bucket that is missing answers 404 too, and may be there again. */
async function failureKind(error: unknown, connecting: Promise<Bucket> | undefined): Promise<FailureKind> {
  if (error instanceof ObjectFailure) return error.kind;
  const status = Number((error as { readonly code?: unknown }).code);
  if (status !== 404) return byStatus[status] ?? 'failed';
  const exists = await connecting?.then((bucket) => bucket.exists()).catch(() => undefined);
  return exists?.[0] === true ? 'gone' : 'missing';
}
