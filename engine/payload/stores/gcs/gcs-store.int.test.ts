// Payloads in Google Cloud Storage, against fake-gcs-server.
import { after, before } from 'node:test';
import { type FakeGcs, startFakeGcs } from '../../../devserver/object-servers/fake-gcs.ts';
import { isMissing, type Missing } from '../../../devserver/object-servers/fetched.ts';
import { bucketStore } from '../bucket-store.ts';
import { storeContract } from '../store-contract.ts';
import { gcsBucket } from './gcs-bucket.ts';

let server: FakeGcs | Missing;

before(async () => {
  server = await startFakeGcs();
});

after(() => (isMissing(server) ? undefined : server.child.stop()));

let buckets = 0;

storeContract('gcs', async (t) => {
  if (isMissing(server)) {
    t.skip(server.missing);
    return undefined;
  }
  const endpoint = server.child.url;
  const bucket = `payloads-${++buckets}`;
  await server.createBucket(bucket);
  const settings = { bucket, endpoint, project: 'test' };
  return {
    store: bucketStore(gcsBucket(settings), 'vrsky/'),
    broken: bucketStore(gcsBucket({ ...settings, bucket: 'no-such-bucket' }), 'vrsky/'),
    leftovers: async () => {
      const answer = await fetch(`${endpoint}/storage/v1/b/${bucket}/o`);
      const { items = [] } = (await answer.json()) as {
        readonly items?: readonly { readonly name: string }[];
      };
      return items.map(({ name }) => name);
    },
  };
});
