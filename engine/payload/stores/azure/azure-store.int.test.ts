// The Azure store against Azurite, Microsoft's own emulator of the service.
import { after, before } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { type ChildServer, startChildServer } from '../child-server.ts';
import { storeContract } from '../store-contract.ts';
import { azureStore } from './azure-store.ts';

let server: ChildServer | undefined;

/** Known to everybody: it comes with Azurite. */
const account = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

before(async () => {
  // npm install --prefix ~/.cache/vrsky/azurite azurite
  server = await startChildServer({
    binary: 'azurite/node_modules/.bin/azurite-blob',
    args: (port, folder) => [
      ...['--blobPort', String(port), '--blobHost', '127.0.0.1', '--location', folder],
      ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', '--loose'],
    ],
  });
});

after(() => server?.stop());

let containers = 0;

storeContract('azure', async (t) => {
  if (server === undefined) {
    t.skip('azurite is not in ~/.cache/vrsky/azurite');
    return undefined;
  }
  const { name, key } = account;
  const endpoint = `BlobEndpoint=${server.url}/${name};`;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};${endpoint}`;
  const container = `payloads-${++containers}`;
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
  await client.create();
  const settings = { container, connectionString, prefix: 'vrsky/' };
  return {
    store: azureStore(settings),
    broken: azureStore({ ...settings, container: 'no-such-container' }),
    leftovers: async () => {
      const names: string[] = [];
      for await (const blob of client.listBlobsFlat({ includeUncommitedBlobs: true })) names.push(blob.name);
      return names;
    },
  };
});
