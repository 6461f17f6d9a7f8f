// The gcs connector behaves as every connector must, against fake-gcs-server.
import { after, test } from 'node:test';
import { connectorConformance } from '../../engine/connector/conformance.ts';
import { type GcsSettings, gcsBucket } from '../../engine/connector/objects/index.ts';
import { moveContract } from '../../engine/connector/objects/move-contract.ts';
import { objectFixture } from '../../engine/connector/objects/test-fixture.ts';
import { startFakeGcs } from '../../engine/devserver/object-servers/fake-gcs.ts';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { connector } from './connector.ts';

const server = await startFakeGcs();
if (isMissing(server)) test('gcs', { skip: server.missing }, () => undefined);
else {
  const { child, createBucket } = server;
  after(() => child.stop());
  let buckets = 0;
  const parts = {
    server: {
      async createBucket(): Promise<GcsSettings> {
        const bucket = `exchange-${++buckets}`;
        await createBucket(bucket);
        return { bucket, endpoint: child.url, project: 'test' };
      },
      /** Its own metadata: Google has no tags on objects. */
      async tagsOf({ bucket }: GcsSettings, key: string) {
        const answer = await fetch(`${child.url}/storage/v1/b/${bucket}/o/${encodeURIComponent(key)}`);
        const { metadata = {} } = (await answer.json()) as { metadata?: Record<string, string> };
        return metadata;
      },
      stall: child.stall,
      kill: child.kill,
      revive: child.revive,
    },
    open: gcsBucket,
    entry: { name: 'store', type: 'gcs', bucket: 'b', project: 'p', keyFile: './key.json' },
    rejects: { 'a missing bucket': { name: 'store', type: 'gcs' } },
    secrets: [],
    unreachable: { bucket: 'b', project: 'test', endpoint: 'http://127.0.0.1:1' },
  };
  connectorConformance(connector, objectFixture(parts, 'delete'));
  connectorConformance(connector, objectFixture(parts, 'keep'));
  connectorConformance(connector, objectFixture(parts, 'tag'));
  // It does not look at the header that says it.
  moveContract('gcs', parts, ['types of streams']);
}
