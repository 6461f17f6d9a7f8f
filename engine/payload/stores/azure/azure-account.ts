// Who asks a storage account of Azure, and by whose signature links lead there.
import type { BlobClient, BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob';
import { clientLibrary } from '../client-library.ts';
import { ObjectFailure } from '../object-bucket.ts';
import type { AzureSettings } from './azure-settings.ts';
import { delegationKeys } from './delegation-keys.ts';

type Sdk = typeof import('@azure/storage-blob');
export type SasOptions = Parameters<BlobClient['generateSasUrl']>[0];

export interface AzureAccount {
  readonly service: BlobServiceClient;
  /** A URL of the blob that is signed for this. */
  sign(blob: BlobClient, options: SasOptions & { readonly expiresOn: Date }): Promise<string>;
}

/** Of the links that a key signs that was delegated: the newest that Azurite knows, too. */
const version = '2025-07-05';

const options: StoragePipelineOptions = { retryOptions: { maxTries: 3, maxRetryDelayInMs: 1000 } };

export async function openAccount(sdk: Sdk, settings: AzureSettings): Promise<AzureAccount> {
  const { connectionString, account = '', accountKey, sas } = settings;
  if (connectionString !== undefined)
    return signedByKey(sdk.BlobServiceClient.fromConnectionString(connectionString, options));
  if (accountKey !== undefined) {
    const { accountName } = new sdk.BlobServiceClient(account);
    const credential = new sdk.StorageSharedKeyCredential(accountName, accountKey);
    return signedByKey(new sdk.BlobServiceClient(account, credential, options));
  }
  if (sas !== undefined)
    return signedByKey(new sdk.BlobServiceClient(`${account}?${sas.replace(/^\?/, '')}`, undefined, options));
  return signedByIdentity(sdk, account);
}

function signedByKey(service: BlobServiceClient): AzureAccount {
  return {
    service,
    async sign(blob, what) {
      if (!(blob.credential instanceof Object && 'accountName' in blob.credential))
        throw new ObjectFailure('denied', 'a shared access signature can sign no links: give an account key');
      return blob.generateSasUrl(what);
    },
  };
}

async function signedByIdentity(sdk: Sdk, account: string): Promise<AzureAccount> {
  const { DefaultAzureCredential } = await clientLibrary('@azure/identity', () => import('@azure/identity'));
  const service = new sdk.BlobServiceClient(account, new DefaultAzureCredential(), options);
  const keyFor = delegationKeys(service);
  return {
    service,
    sign: async (blob, what) =>
      blob.generateUserDelegationSasUrl({ ...what, version }, await keyFor(what.expiresOn)),
  };
}
