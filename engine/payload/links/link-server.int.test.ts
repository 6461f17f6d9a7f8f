// Links to payloads in S3: what the engine serves works once, unlike what S3 signs, which somebody has to ask for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createS3Bucket } from '../../devserver/object-servers/s3-admin.ts';
import { startFauxS3 } from '../../devserver/object-servers/s3-servers.ts';
import { MemoryBucket } from '../../runtime/test-payloads.ts';
import { PayloadDepot } from '../depot.ts';
import { PayloadHolders } from '../holders.ts';
import { bucketStore } from '../stores/bucket-store.ts';
import { s3Bucket } from '../stores/s3/s3-bucket.ts';
import { linkIssuer } from './link-issuer.ts';
import { linkKey } from './link-key.ts';
import { startLinkServer } from './link-server.ts';

const signal = new AbortController().signal;
const hour = 3_600_000;

async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let index = 0; index < 12; index += 1) yield await Promise.resolve(Buffer.alloc(1_000_000, index));
}

test('what S3 signs works more than once; what the engine serves works once, in S3 too', async (t) => {
  const s3 = await startFauxS3();
  t.after(() => s3.stop());
  await createS3Bucket(s3, 'payloads');
  const bucket = s3Bucket({ ...s3.settings, bucket: 'payloads' });
  t.after(() => bucket.close());
  const holders = new MemoryBucket();
  const depot = new PayloadDepot(
    new Map([['bulk', bucketStore(bucket)]]),
    new PayloadHolders(() => Promise.resolve(holders)),
  );
  const description = {
    store: 'bulk',
    flow: 'orders',
    contentType: 'text/csv',
    expiresAt: Date.now() + hour,
  };
  const reference = await depot.store(description, content(), ['delivery'], signal);
  const link = (holder: string, by?: 'store') => depot.link(reference, holder, Date.now() + hour, { by });
  const signed = await link('link/1/a', 'store');
  for (let count = 0; count < 2; count += 1) assert.equal((await sizeOf(signed)).size, reference.size);

  await assert.rejects(link('link/1/b'), { code: 'VRS8507' }, 'never in place of one that works once');
  const secret = await linkKey(new MemoryBucket());
  const server = await startLinkServer({
    ...{ host: '127.0.0.1', port: 0, secret, depot },
    now: Date.now,
    log: () => undefined,
  });
  t.after(() => server.close(0));
  depot.issuer = linkIssuer(server.origin, secret);
  const served = await link('link/1/b');
  assert.ok(served.startsWith(server.origin), served);
  assert.equal((await sizeOf(served)).size, reference.size);
  let again = await sizeOf(served);
  // The end of a download is written down a moment after it.
  while (again.status === 409) again = await sizeOf(served);
  assert.equal(again.status, 410);
});

async function sizeOf(url: string): Promise<{ readonly status: number; readonly size: number }> {
  const answer = await fetch(url);
  return { status: answer.status, size: (await answer.arrayBuffer()).byteLength };
}
