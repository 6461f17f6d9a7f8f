// Copies of objects that are larger than one request copies, on a server that knows the conditions of copies.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-s3';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { isMissing } from '../../../devserver/object-servers/fetched.ts';
import { startVersity } from '../../../devserver/object-servers/s3-servers.ts';
import type { BucketObject } from '../object-bucket.ts';
import { s3Bucket } from './s3-bucket.ts';
import { copyObject } from './s3-copy.ts';
import { s3ClientConfig } from './s3-settings.ts';

const mebibyte = 1024 * 1024;
const small = { whole: 5 * mebibyte, range: 5 * mebibyte };
const signal = new AbortController().signal;

test('a large object is copied by ranges, with what is said of it, and only as it was', async (t) => {
  const server = await startVersity();
  if (isMissing(server)) return t.skip(server.missing);
  t.after(() => server.stop());
  const settings = { ...server.settings, bucket: 'copies' };
  const client = new S3Client(s3ClientConfig(settings));
  t.after(() => client.destroy());
  await client.send(new CreateBucketCommand({ Bucket: settings.bucket }));
  const bucket = s3Bucket(settings);
  t.after(() => bucket.close());
  const key = 'in/large file +%.bin';
  const content = Buffer.concat([1, 2, 3].map((fill) => Buffer.alloc(4 * mebibyte, fill)));
  await bucket.write(key, content, { contentType: 'text/csv', metadata: { by: 'me' } }, signal);
  const listed = async (prefix: string) => {
    const objects: BucketObject[] = [];
    for await (const object of bucket.list(prefix, signal)) objects.push(object);
    return objects;
  };
  const [object] = await listed('in/');
  assert.ok(object !== undefined);
  const connected = { client, patient: client, sdk };

  await copyObject(connected, settings, object, 'done/large file +%.bin', small);
  const copied = await bucket.read('done/large file +%.bin', signal);
  assert.ok(content.equals(await buffer(copied.content)));
  assert.match(copied.contentType ?? '', /^text\/csv/);
  assert.equal(copied.metadata.by, 'me');

  await bucket.write(key, Buffer.alloc(12 * mebibyte, 'another'), {}, signal);
  await assert.rejects(copyObject(connected, settings, object, 'done/again', small));
  assert.deepEqual(await listed('done/again'), []);
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: settings.bucket }));
  assert.deepEqual(Uploads, []);
});
