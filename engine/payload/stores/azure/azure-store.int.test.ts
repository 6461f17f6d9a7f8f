// Payloads in Azure Blob Storage, against Azurite.
import { after, before } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { type Azurite, startAzurite } from '../../../devserver/object-servers/azurite.ts';
import { isMissing, type Missing } from '../../../devserver/object-servers/fetched.ts';
import { bucketStore } from '../bucket-store.ts';
import { storeContract } from '../store-contract.ts';
import { azureBucket } from './azure-bucket.ts';

let server: Azurite | Missing;

before(async () => {
  server = await startAzurite();
});

after(() => (isMissing(server) ? undefined : server.child.stop()));

let containers = 0;

storeContract('azure', async (t) => {
  if (isMissing(server)) {
    t.skip(server.missing);
    return undefined;
  }
  const connectionString = server.connectionString();
  const container = `payloads-${++containers}`;
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
  await client.create();
  return {
    store: bucketStore(azureBucket({ container, connectionString }), 'vrsky/'),
    broken: bucketStore(azureBucket({ container: 'no-such-container', connectionString }), 'vrsky/'),
    links: 'checked',
    leftovers: async () => {
      const names: string[] = [];
      for await (const blob of client.listBlobsFlat({ includeUncommitedBlobs: true })) names.push(blob.name);
      return names;
    },
  };
});
