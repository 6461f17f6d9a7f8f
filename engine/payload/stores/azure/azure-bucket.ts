// A container of Azure Blob Storage.
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { clientLibrary } from '../client-library.ts';
import {
  type BucketObject,
  type FailureKind,
  type ObjectBucket,
  ObjectFailure,
  objectFailure,
} from '../object-bucket.ts';
import { uploadInParts } from '../upload-parts.ts';
import { WatchedContent } from '../watched-content.ts';
import { type AzureAccount, openAccount } from './azure-account.ts';
import { blockTarget } from './azure-blocks.ts';
import type { AzureSettings } from './azure-settings.ts';

/** Connects when first used. */
export function azureBucket(settings: AzureSettings): ObjectBucket {
  const { container } = settings;
  let connecting: Promise<Connected> | undefined;
  const using = async <T>(
    attempt: string,
    work: (client: ContainerClient, account: AzureAccount) => Promise<T>,
  ): Promise<T> => {
    try {
      connecting ??= connect(settings);
      const { client, account } = await connecting;
      return await work(client, account);
    } catch (error) {
      throw objectFailure(failureKind(error), `${attempt} in the Azure container ${container}`, error);
    }
  };
  const onlyThat = (ifMatch: string | undefined) =>
    ifMatch === undefined ? {} : { conditions: { ifMatch } };
  return {
    probe: (abortSignal) =>
      using('list blobs', async (client) => {
        await client.listBlobsFlat({ abortSignal }).byPage({ maxPageSize: 1 }).next();
      }),
    async *list(prefix, abortSignal, after) {
      const pages = await using('list blobs', (client) =>
        Promise.resolve(client.listBlobsFlat({ prefix, abortSignal }).byPage()),
      );
      for (;;) {
        const page = await using(`list ${prefix}*`, () => pages.next());
        if (page.done === true) return;
        // The service cannot begin behind a name.
        for (const item of page.value.segment.blobItems)
          if (after === undefined || Buffer.compare(Buffer.from(item.name), Buffer.from(after)) > 0)
            yield found(item);
      }
    },
    describe: (key, version, abortSignal) =>
      using(`look at ${key}`, async (client) => {
        const options = { abortSignal, ...onlyThat(version) };
        const { contentType, metadata = {} } = await client.getBlobClient(key).getProperties(options);
        return { contentType, metadata };
      }),
    read: (key, abortSignal, version) =>
      using(`read ${key}`, async (client) => {
        const options = { abortSignal, ...onlyThat(version) };
        const answer = await client.getBlobClient(key).download(0, undefined, options);
        const { contentType, metadata = {}, readableStreamBody } = answer;
        const content = readable(readableStreamBody as unknown as AsyncIterable<Uint8Array>, key);
        return { contentType, metadata, content };
      }),
    async write(key, content, options, signal) {
      const target = (client: ContainerClient) =>
        blockTarget(client.getBlockBlobClient(key), options, signal);
      if (content instanceof Uint8Array)
        return using(`write ${key}`, (client) => target(client).whole(content));
      const watched = new WatchedContent(content, signal);
      await using(`write ${key}`, (client) => uploadInParts(target(client), watched)).catch(
        (error: unknown) => {
          throw watched.failed ? watched.error : error;
        },
      );
    },
    copy: ({ key, version: ifMatch }, to) =>
      using(`copy ${key}`, async (client) => {
        const source = client.getBlobClient(key).url;
        const options = { sourceConditions: { ifMatch }, intervalInMs: 500 };
        const poller = await client.getBlobClient(to).beginCopyFromURL(source, options);
        const { copyStatus } = await poller.pollUntilDone();
        if (copyStatus !== 'success') throw new Error(`the copy is ${copyStatus}`);
      }),
    async delete(key, version) {
      await using(`delete ${key}`, (client) =>
        client.getBlobClient(key).deleteIfExists({ deleteSnapshots: 'include', ...onlyThat(version) }),
      );
    },
    async tag(key, tags, version) {
      await using(`tag ${key}`, async (client) => {
        const blob = client.getBlobClient(key);
        // Tags have no condition on the content.
        await blob.getProperties(onlyThat(version));
        await blob.setTags({ ...tags });
      });
    },
    link: (key, { expiresAtMs, contentType }) =>
      using(`make a link to ${key}`, async (client, account) => {
        const { BlobSASPermissions } = await library();
        const permissions = BlobSASPermissions.parse('r');
        const expiresOn = new Date(expiresAtMs);
        return account.sign(client.getBlobClient(key), { permissions, expiresOn, contentType });
      }),
    // Blocks that were never put together are the service's to drop: it does so after a week.
    abandonUploads: () => Promise.resolve(),
    close: () => undefined,
  };
}

const library = () => clientLibrary('@azure/storage-blob', () => import('@azure/storage-blob'));

interface Connected {
  readonly client: ContainerClient;
  readonly account: AzureAccount;
}

async function connect(settings: AzureSettings): Promise<Connected> {
  const account = await openAccount(await library(), settings);
  return { client: account.service.getContainerClient(settings.container), account };
}

function found({ name, properties }: BlobItem): BucketObject {
  return {
    key: name,
    size: properties.contentLength ?? 0,
    modifiedMs: properties.lastModified.getTime(),
    version: properties.etag,
  };
}

const byCode: Readonly<Record<string, FailureKind>> = {
  BlobNotFound: 'gone',
  ContainerNotFound: 'missing',
  ContainerBeingDeleted: 'missing',
  ConditionNotMet: 'changed',
  SourceConditionNotMet: 'changed',
  InvalidMetadata: 'invalid',
  InvalidResourceName: 'invalid',
  InvalidTag: 'invalid',
  MetadataTooLarge: 'invalid',
};

const byStatus: Readonly<Record<number, FailureKind>> = {
  401: 'denied',
  403: 'denied',
  404: 'gone',
  412: 'changed',
};

/** Of `@azure/identity`, when nobody in the chain has a token. */
const byName: Readonly<Record<string, FailureKind>> = {
  AggregateAuthenticationError: 'denied',
  AuthenticationError: 'denied',
  ChainedTokenCredentialError: 'denied',
  CredentialUnavailableError: 'denied',
};

function failureKind(error: unknown): FailureKind {
  if (error instanceof ObjectFailure) return error.kind;
  const { code, statusCode, name } = error as {
    readonly code?: unknown;
    readonly statusCode?: number;
    readonly name?: string;
  };
  return byCode[String(code)] ?? byStatus[statusCode ?? 0] ?? byName[name ?? ''] ?? 'failed';
}

async function* readable(
  body: AsyncIterable<Uint8Array>,
  key: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw objectFailure('failed', `read ${key}`, error);
  }
}
