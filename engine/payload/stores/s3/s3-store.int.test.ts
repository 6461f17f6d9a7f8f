// Payloads in S3, against three implementations of it.
import { after, before } from 'node:test';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { isMissing, type Missing } from '../../../devserver/object-servers/fetched.ts';
import {
  type S3Server,
  startFauxS3,
  startS3rver,
  startVersity,
} from '../../../devserver/object-servers/s3-servers.ts';
import { bucketStore } from '../bucket-store.ts';
import { storeContract } from '../store-contract.ts';
import { s3Bucket } from './s3-bucket.ts';
import { s3ClientConfig } from './s3-settings.ts';

const starts = { fauxqs: startFauxS3, s3rver: startS3rver, versitygw: startVersity };
const servers = new Map<string, S3Server | Missing>();

before(async () => {
  for (const [name, start] of Object.entries(starts)) servers.set(name, await start());
});

after(async () => {
  for (const server of servers.values()) if (!isMissing(server)) await server.stop();
});

let buckets = 0;

for (const name of Object.keys(starts))
  storeContract(`s3 (${name})`, async (t) => {
    const server = servers.get(name) as S3Server | Missing;
    if (isMissing(server)) {
      t.skip(server.missing);
      return undefined;
    }
    const settings = { ...server.settings, bucket: `payloads-${++buckets}` };
    const client = new S3Client(s3ClientConfig(settings));
    const { bucket: Bucket } = settings;
    await client.send(new CreateBucketCommand({ Bucket }));
    t.after(() => client.destroy());
    return {
      store: bucketStore(s3Bucket(settings), 'vrsky/'),
      broken: bucketStore(s3Bucket({ ...settings, bucket: 'no-such-bucket' }), 'vrsky/'),
      leftovers: async () => {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
        return [...Contents, ...(name === 's3rver' ? [] : await uploadsIn(client, Bucket))].map(
          ({ Key = '' }) => Key,
        );
      },
      // It has no list of them.
      abandons: name !== 's3rver',
      // The others do not look at signatures.
      links: name === 'versitygw' ? 'checked' : 'followed',
    };
  });

async function uploadsIn(client: S3Client, Bucket: string) {
  return (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [];
}
