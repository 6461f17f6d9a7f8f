// Keeps payloads in a container of Azure Blob Storage: uploads in blocks, a bounded number of them in memory.
import { Readable } from 'node:stream';
import type { ContainerClient } from '@azure/storage-blob';
import { VrskyError } from '../../../diagnostics/vrsky-error.ts';
import { expiryOf } from '../../object-key.ts';
import type { PayloadStore, StoredObject } from '../../payload-store.ts';
import { clientLibrary } from '../client-library.ts';
import { storeFailure, WatchedContent } from '../store-failure.ts';

export interface AzureSettings {
  readonly container: string;
  /** In front of every key, e.g. `vrsky/`. */
  readonly prefix?: string;
  readonly connectionString: string;
}

/** 50,000 blocks at most: 390 GiB. */
const blockBytes = 8 * 1024 * 1024;
const parallelBlocks = 2;

export function azureStore(settings: AzureSettings): PayloadStore {
  const { container, prefix = '' } = settings;
  let connecting: Promise<ContainerClient> | undefined;
  const using = async <T>(
    verb: string,
    key: string,
    work: (client: ContainerClient) => Promise<T>,
  ): Promise<T> => {
    try {
      connecting ??= connect(settings);
      return await work(await connecting);
    } catch (error) {
      throw storeFailure('azure', verb, `${container}/${prefix}${key}`, error);
    }
  };
  return {
    async put(key, content, signal) {
      const watched = new WatchedContent(content, signal);
      const upload = (client: ContainerClient) =>
        client
          .getBlockBlobClient(prefix + key)
          .uploadStream(Readable.from(watched), blockBytes, parallelBlocks);
      await using('write', key, upload).catch(async (error: unknown) => {
        await using('tidy up', key, (client) => dropBlocks(client, prefix + key)).catch(() => undefined);
        throw watched.failed ? watched.error : error;
      });
    },
    async *get(key, signal) {
      const body = await using('read', key, (client) => read(client, prefix + key, signal));
      try {
        yield* body;
      } catch (error) {
        throw storeFailure('azure', 'read', `${container}/${prefix}${key}`, error);
      }
    },
    async delete(key) {
      await using('delete', key, (client) => client.getBlobClient(prefix + key).deleteIfExists());
    },
    async *list(): AsyncGenerator<StoredObject> {
      const client = await using('list', '', (connected) => Promise.resolve(connected));
      try {
        for await (const { name, properties } of client.listBlobsFlat({ prefix })) {
          const key = name.slice(prefix.length);
          if (expiryOf(key) !== undefined) yield { key, size: properties.contentLength ?? 0 };
        }
      } catch (error) {
        throw storeFailure('azure', 'list', container, error);
      }
    },
    // Blocks that were never put together are the service's to drop: it does so after a week.
    abandonUploads: () => Promise.resolve(),
  };
}

async function connect({ connectionString, container }: AzureSettings): Promise<ContainerClient> {
  const { BlobServiceClient } = await clientLibrary(
    '@azure/storage-blob',
    () => import('@azure/storage-blob'),
  );
  const options = { retryOptions: { maxTries: 3, maxRetryDelayInMs: 1000 } };
  return BlobServiceClient.fromConnectionString(connectionString, options).getContainerClient(container);
}

/** An empty blob takes the place of the blocks, and is deleted. */
async function dropBlocks(client: ContainerClient, name: string): Promise<void> {
  const blob = client.getBlockBlobClient(name);
  await blob.upload('', 0);
  await blob.deleteIfExists();
}

async function read(
  client: ContainerClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    const { readableStreamBody } = await client.getBlobClient(name).download(0, undefined, { abortSignal });
    return readableStreamBody as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'BlobNotFound')
      throw new VrskyError('VRS8501', `payload ${name} is gone from ${client.containerName}`, {
        cause: error,
      });
    throw error;
  }
}
