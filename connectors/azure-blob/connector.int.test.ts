// The azure-blob connector behaves as every connector must, against Azurite; with AZURITE_KILLS=1 also when that is killed and stalled.
import { after, test } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { connectorConformance } from '../../engine/connector/conformance.ts';
import { type AzureSettings, azureBucket } from '../../engine/connector/objects/index.ts';
import { moveContract } from '../../engine/connector/objects/move-contract.ts';
import { objectFixture } from '../../engine/connector/objects/test-fixture.ts';
import { startAzurite } from '../../engine/devserver/object-servers/azurite.ts';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { connector } from './connector.ts';

const azurite = await startAzurite();
if (isMissing(azurite)) test('azure-blob', { skip: azurite.missing }, () => undefined);
else {
  const { child, connectionString } = azurite;
  after(() => child.stop());
  let containers = 0;
  const wrongKey = Buffer.alloc(64, 'wrong').toString('base64');
  const entry = { name: 'store', type: 'azure-blob', container: 'c', connectionString: '${secret:AZURE}' };
  const parts = {
    server: {
      async createBucket(): Promise<AzureSettings> {
        const container = `exchange-${++containers}`;
        await BlobServiceClient.fromConnectionString(connectionString(), {
          keepAliveOptions: { enable: false },
        }).createContainer(container);
        return { container, connectionString: connectionString() };
      },
      async tagsOf({ container }: AzureSettings, key: string) {
        const service = BlobServiceClient.fromConnectionString(connectionString(), {
          keepAliveOptions: { enable: false },
        });
        return (await service.getContainerClient(container).getBlobClient(key).getTags()).tags;
      },
      badCredential: (right: AzureSettings) => ({ ...right, connectionString: connectionString(wrongKey) }),
      // It takes ten seconds and more to start.
      ...(process.env.AZURITE_KILLS === undefined
        ? {}
        : { stall: child.stall, kill: child.kill, revive: child.revive }),
    },
    open: azureBucket,
    entry,
    rejects: {
      'a missing container': { name: 'store', type: 'azure-blob', connectionString: '${secret:AZURE}' },
      'no account': { name: 'store', type: 'azure-blob', container: 'c' },
      'two ways to the account': { ...entry, account: 'https://acme.blob.core.windows.net' },
      'two credentials': {
        ...{
          name: 'store',
          type: 'azure-blob',
          container: 'c',
          account: 'https://acme.blob.core.windows.net',
        },
        ...{ accountKey: '${secret:AZURE}', sas: '${secret:AZURE}' },
      },
    },
    secrets: [wrongKey],
    unreachable: {
      container: 'c',
      connectionString: connectionString().replace(child.url, 'http://127.0.0.1:1'),
    },
  };
  connectorConformance(connector, objectFixture(parts, 'delete'));
  connectorConformance(connector, objectFixture(parts, 'keep'));
  connectorConformance(connector, objectFixture(parts, 'tag'));
  moveContract('azure-blob', parts);
}
