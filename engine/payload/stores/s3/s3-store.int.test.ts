// The S3 store against two implementations of S3.
import { after, before } from 'node:test';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { storeContract } from '../store-contract.ts';
import { s3ClientConfig } from './s3-settings.ts';
import { s3Store } from './s3-store.ts';
import { type S3Server, startEmulator, startVersity } from './test-servers.ts';

const servers: Record<string, S3Server | undefined> = {};

before(async () => {
  servers.fauxqs = await startEmulator();
  servers.versitygw = await startVersity();
});

after(async () => {
  for (const server of Object.values(servers)) await server?.stop();
});

let buckets = 0;

for (const name of ['fauxqs', 'versitygw'])
  storeContract(`s3 (${name})`, async (t) => {
    const server = servers[name];
    if (server === undefined) {
      t.skip('versitygw is not in ~/.cache/vrsky/bin');
      return undefined;
    }
    const settings = { ...server.settings, bucket: `payloads-${++buckets}`, prefix: 'vrsky/' };
    const client = new S3Client(s3ClientConfig(settings));
    const { bucket: Bucket } = settings;
    await client.send(new CreateBucketCommand({ Bucket }));
    t.after(() => client.destroy());
    return {
      store: s3Store(settings),
      broken: s3Store({ ...settings, bucket: 'no-such-bucket' }),
      leftovers: async () => {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
        return [...Contents, ...Uploads].map(({ Key = '' }) => Key);
      },
    };
  });
