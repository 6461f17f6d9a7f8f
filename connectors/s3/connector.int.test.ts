// The s3 connector behaves as every connector must, against two implementations of S3.
import { after, describe, test } from 'node:test';
import { CreateBucketCommand, GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { connectorConformance } from '../../engine/connector/conformance.ts';
import { type S3Settings, s3Bucket } from '../../engine/connector/objects/index.ts';
import { moveContract } from '../../engine/connector/objects/move-contract.ts';
import { type ObjectServer, objectFixture } from '../../engine/connector/objects/test-fixture.ts';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import {
  type S3Server,
  startFauxS3,
  startMortalS3,
} from '../../engine/devserver/object-servers/s3-servers.ts';
import { connector } from './connector.ts';

let buckets = 0;

function objectServer({ settings, child, checksCredentials }: S3Server): ObjectServer<S3Settings> {
  return {
    async createBucket() {
      const bucket = `exchange-${++buckets}`;
      const client = new S3Client({ ...clientOf(settings), forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      client.destroy();
      return { ...settings, bucket };
    },
    async tagsOf({ bucket: Bucket }, Key) {
      const client = new S3Client({ ...clientOf(settings), forcePathStyle: true });
      const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }));
      client.destroy();
      return Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value ?? '']));
    },
    ...(child === undefined
      ? {}
      : {
          ...(checksCredentials
            ? { badCredential: (right: S3Settings) => ({ ...right, secretAccessKey: 'wrong' }) }
            : {}),
          stall: child.stall,
          kill: child.kill,
          revive: child.revive,
        }),
  };
}

function clientOf({
  endpoint = '',
  region = '',
  accessKeyId = '',
  secretAccessKey = '',
}: S3Server['settings']) {
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

const mortal = await startMortalS3();
const servers = { fauxqs: await startFauxS3(), ...(isMissing(mortal) ? {} : { mortal }) };
if (isMissing(mortal)) test('a server that can be killed', { skip: mortal.missing }, () => undefined);

after(async () => {
  for (const server of Object.values(servers)) await server.stop();
});

for (const [name, server] of Object.entries(servers)) {
  const parts = {
    server: objectServer(server),
    open: s3Bucket,
    entry: { name: 'store', type: 's3', bucket: 'b', region: 'eu-north-1' },
    rejects: { 'a missing bucket': { name: 'store', type: 's3' } },
    secrets: [server.settings.secretAccessKey ?? ''],
    unreachable: { ...server.settings, bucket: 'b', endpoint: 'http://127.0.0.1:1' },
  };
  describe(name, () => {
    connectorConformance(connector, objectFixture(parts, 'delete'));
    connectorConformance(connector, objectFixture(parts, 'keep'));
    moveContract(`s3 (${name})`, parts, server.lacks);
    // The others know no tags.
    if (server.checksCredentials) connectorConformance(connector, objectFixture(parts, 'tag'));
  });
}
